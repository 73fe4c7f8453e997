import { expect, test } from "vitest";
import { transpod } from "./testing.ts";

test.each([
  [[], "Commands:"],
  [["migrate"], "DATABASE_URL=postgres://"],
  [["keys", "create"], "transpod keys create web-shop"],
  [["aws"], "destroy [options] <suffix>"],
  [["aws", "init"], "transpod aws init prod --values values.aws.yaml"],
  [["aws", "destroy"], "transpod aws destroy prod"],
  [["audit"], "transpod audit --json"],
  [["dlq", "list"], "transpod dlq list --json"],
  [["dlq", "redrive"], "transpod dlq redrive"],
])("%j --help helps, with an example", async (command, example) => {
  const { exitCode, stdout, stderr } = await transpod([...command, "--help"]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toContain(example);
});

test.each([
  [[], "Usage: transpod"],
  [["aws"], "Usage: transpod aws"],
  [["keys"], "Usage: transpod keys"],
  [["fly"], "unknown command 'fly'"],
  [["migrate", "--wait", "long"], "Give a whole number of seconds."],
  [["dlq", "list", "--limit", "none"], "Give a whole number of at least 1."],
  [["aws", "init"], "missing required argument 'suffix'"],
  [["aws", "init", "Prod"], "A suffix has only lower-case letters, digits and hyphens"],
  [
    ["aws", "init", "prod", "--endpoint", "localhost:4566"],
    "Give a URL, for example http://localhost:4566",
  ],
  [
    ["aws", "init", "prod", "--cors-origin", "https://a.example/x"],
    "Give an origin, which has only scheme, host",
  ],
  [["aws", "init", "prod", "--cluster-endpoint", "http://x:1"], "use --endpoint too"],
])("%j is wrong usage, and the message says why", async (command, message) => {
  const { exitCode, stdout, stderr } = await transpod(command);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr).toContain(message);
});

test("without a region it says how to choose one", async () => {
  const { exitCode, stderr } = await transpod(["aws", "init", "prod"], {
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  });
  expect(exitCode).toBe(1);
  expect(stderr).toBe(
    "No AWS region is chosen. Use --region, for example --region eu-central-1, or set AWS_REGION.\n",
  );
});
