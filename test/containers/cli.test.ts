import { afterAll, beforeAll, expect, test } from "vitest";
import { startBacking, type Backing } from "./backing.ts";

let backing: Backing;
beforeAll(async () => {
  backing = await startBacking();
});
afterAll(() => backing?.[Symbol.asyncDispose]());

test("migrate finds the migrations in its image, and has nothing to do the second time", async () => {
  expect(JSON.parse(await backing.transpod("migrate", "--json"))).toEqual({ ran: [] });
});

test("aws init changes nothing the second time", async () => {
  const said = JSON.parse(await backing.init("--json")) as {
    resources: { change: string }[];
  };
  expect(said).toMatchObject({
    raw_bucket: backing.names.rawBucket,
    processed_bucket: backing.names.processedBucket,
    queue_url: backing.names.queueUrl,
  });
  expect(new Set(said.resources.map(({ change }) => change))).toEqual(new Set(["unchanged"]));
});
