import { expect, test } from "vitest";
import { ConfigError } from "@transpod/runtime/environment.ts";
import { readConfig } from "./config.ts";

const least = { WORK_URL: "http://controller:9000/", WORK_TOKEN: "token" };

test("an address and a token are enough", () => {
  const config = readConfig({ ...least, CPU_LIMIT: "" });
  expect(config).toMatchObject({
    workUrl: "http://controller:9000",
    token: { value: "token" },
    stallSeconds: 60,
    logLevel: "info",
  });
  expect(config.cpus).toBeGreaterThanOrEqual(1);
  expect(Object.isFrozen(config)).toBe(true);
});

test("half a CPU is one thread", () => {
  expect(readConfig({ ...least, CPU_LIMIT: "0.5" }).cpus).toBe(1);
});

test("the token may lie in a file", () => {
  const { token } = readConfig({ WORK_URL: least.WORK_URL, WORK_TOKEN_FILE: "/run/token" });
  expect(token).toEqual({ file: "/run/token" });
});

test("every fault is named at once", () => {
  const wrong = {
    WORK_URL: "controller",
    CPU_LIMIT: "many",
    LOG_LEVEL: "loud",
  };
  expect(() => readConfig(wrong)).toThrow(ConfigError);
  for (const name of [...Object.keys(wrong), "WORK_TOKEN"]) {
    expect(() => readConfig(wrong)).toThrow(name);
  }
});
