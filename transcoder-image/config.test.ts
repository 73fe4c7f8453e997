import { expect, test } from "vitest";
import { ConfigError } from "@transpod/runtime/environment.ts";
import { defaultLimits } from "./probe/limits.ts";
import { readConfig } from "./config.ts";

const least = { WORK_URL: "http://controller:9000/", WORK_TOKEN: "token" };

test("an address and a token are enough", () => {
  const config = readConfig({ ...least, CPU_LIMIT: "" });
  expect(config).toMatchObject({
    workUrl: "http://controller:9000",
    token: { value: "token" },
    preset: "medium",
    limits: defaultLimits,
    onDamage: "fail",
    stallSeconds: 60,
    logLevel: "info",
  });
  expect(config.cpus).toBeGreaterThanOrEqual(1);
  expect(Object.isFrozen(config)).toBe(true);
});

test("limits can be tightened, and pictures made no larger than ffmpeg may be given", () => {
  const tight = { MAX_PIXELS: "9000000", MAX_DURATION_SECONDS: "600", MAX_TRACKS: "8" };
  const { limits } = readConfig({ ...least, ...tight });
  expect(limits).toEqual({ maxPixels: 9_000_000, maxDurationSeconds: 600, maxTracks: 8 });
  expect(() => readConfig({ ...least, MAX_PIXELS: "100000000" })).toThrow("MAX_PIXELS");
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
    PRESET: "best",
    MAX_TRACKS: "0",
    ON_DAMAGE: "weep",
    LOG_LEVEL: "loud",
  };
  expect(() => readConfig(wrong)).toThrow(ConfigError);
  for (const name of [...Object.keys(wrong), "WORK_TOKEN"]) {
    expect(() => readConfig(wrong)).toThrow(name);
  }
});
