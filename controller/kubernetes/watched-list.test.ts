import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createLogger } from "@transpod/runtime/logger.ts";
import { createApiClient } from "./api-client.ts";
import { Collection } from "./collection.ts";
import { instanceLabels, labelSelector } from "./job-labels.ts";
import { jobsPath, refuse, TestApiServer } from "./testing/api-server.ts";
import { instance, job, name, waitOptions } from "./testing/builders.ts";
import { WatchedList, type WatchTiming } from "./watched-list.ts";
import type { Job } from "./wire.ts";

const quick: WatchTiming = {
  sessionSeconds: 30,
  silenceMs: 20_000,
  relistMs: 60_000,
  retryMs: { initial: 5, max: 20 },
};

let server: TestApiServer;
let list: WatchedList<Job>;
let changes: string[];

beforeEach(async () => {
  server = await TestApiServer.start();
  changes = [];
});
afterEach(async () => {
  await list.stop();
  await server.stop();
});

async function startList(timing: Partial<WatchTiming> = {}): Promise<void> {
  list = new WatchedList<Job>({
    collection: new Collection({
      client: createApiClient(server.kubeConfig),
      path: jobsPath,
      labelSelector: labelSelector(instanceLabels(instance)),
    }),
    log: createLogger({ service: "test", level: "silent" }),
    timing: { ...quick, ...timing },
  });
  list.onChange(({ metadata }) => changes.push(metadata?.name ?? ""));
  await list.start();
}

const named = (said: string) => job({ metadata: { ...job().metadata, name: said } });
const put = (said: string, how?: { told: boolean }) => server.put(jobsPath, named(said), how);
const names = () => list.values().map(({ metadata }) => metadata?.name);
const isWatch = ({ query }: { query: URLSearchParams }) => query.get("watch") === "true";
const lists = () => server.count((request) => !isWatch(request));
const untilWatched = () => vi.waitUntil(() => server.openWatches === 1, waitOptions);
const untilNamed = (...expected: string[]) =>
  vi.waitFor(() => expect(names()).toEqual(expected), waitOptions);

test("what was there is listed, what changes is announced, and strangers are left out", async () => {
  put("a");
  server.put(jobsPath, { metadata: { name: "stranger" } });
  await startList();
  expect(names()).toEqual(["a"]);
  await untilWatched();
  put("b");
  server.put(jobsPath, { metadata: { name: "another-stranger" } });
  put("a");
  server.delete(jobsPath, "b");
  await vi.waitFor(() => expect(changes).toEqual(["a", "b", "a", "b"]), waitOptions);
  expect(names()).toEqual(["a"]);
});

test("a change that comes twice is announced once", async () => {
  await startList();
  await untilWatched();
  const object = put("a");
  server.say(`${JSON.stringify({ type: "MODIFIED", object })}\n`);
  put("b");
  await untilNamed("a", "b");
  expect(changes).toEqual(["a", "b"]);
});

test("a list that can't be had at the start is an error that says why", async () => {
  server.takeOver(
    () => true,
    (response) => refuse(response, 403, "jobs.batch is forbidden: no RBAC policy matched"),
  );
  await expect(startList()).rejects.toThrow(
    `Kubernetes refused to list ${jobsPath}: jobs.batch is forbidden: no RBAC policy matched`,
  );
});

test("a watch that the server ends goes on where it was, without a new list", async () => {
  await startList({ sessionSeconds: 1 });
  await vi.waitUntil(() => server.count(isWatch) === 2, waitOptions);
  put("a");
  await untilNamed("a");
  expect(lists()).toBe(1);
});

/** Each breaks the watch; the change after it must be seen nevertheless. */
test.each<[string, () => void]>([
  ["its connection is reset", () => server.resetWatches()],
  ["the server hangs up without a word", () => server.endWatches()],
  ["garbage comes", () => server.say("<html>Bad gateway</html>\n")],
  ["an event without an object comes", () => server.say(`{"type":"ADDED"}\n`)],
  [
    "the server breaks it off",
    () => server.say(`{"type":"ERROR","object":{"code":500,"message":"etcd"}}\n`),
  ],
  [
    "an event is cut in half",
    () => {
      server.say(`{"type":"DELETED","object":{"metadata":{"na`);
      server.endWatches();
    },
  ],
])("a watch survives when %s", async (_, breakIt) => {
  put("a");
  put("b");
  await startList();
  await untilWatched();
  breakIt();
  server.delete(jobsPath, "a");
  put("c");
  await untilNamed("b", "c");
  expect(changes.filter((change) => change === "a")).toHaveLength(2);
});

test("while the API server is away everything is kept, and then brought up to date", async () => {
  put("a");
  await startList();
  await untilWatched();
  const away: ((response: ServerResponse) => void)[] = [
    (response) => refuse(response, 500, "etcdserver: request timed out"),
    (response) => response.socket?.resetAndDestroy(),
    (response) => refuse(response, 429, "too many requests"),
    (response) => response.end("<html>It works!</html>"),
    (response) => response.end("{}"),
    (response) => response.end(`{"items":[],"metadata":{}}`),
  ];
  const kept: unknown[] = [];
  for (const answer of away) {
    server.takeOver(
      () => true,
      (response) => {
        kept.push(names());
        answer(response);
      },
    );
  }
  server.delete(jobsPath, "nobody");
  server.resetWatches();
  await vi.waitUntil(() => kept.length === away.length, waitOptions);
  put("b");
  await untilNamed("a", "b");
  expect(kept).toEqual(away.map(() => ["a"]));
});

test("a connection that is half open is noticed", async () => {
  await startList({ silenceMs: 200 });
  await untilWatched();
  server.frozen = true;
  put("a");
  await untilNamed("a");
});

test("a version that etcd has forgotten leads to a new list", async () => {
  await startList();
  await untilWatched();
  server.frozen = true;
  put("a");
  server.compact();
  server.frozen = false;
  // The watch after a clean end starts at an earlier version.
  server.say(`{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"100"}}}\n`);
  server.endWatches();
  await untilNamed("a");
  expect(lists()).toBe(2);
});

test("a change that no watch tells of is found by comparing", async () => {
  await startList({ sessionSeconds: 1, relistMs: 500 });
  await untilWatched();
  put("a", { told: false });
  await untilNamed("a");
});

test("a listener that throws keeps nobody else from hearing", async () => {
  await startList();
  const heard: unknown[] = [];
  list.onChange(() => {
    throw new Error("a fault of ours");
  });
  list.onChange(({ metadata }) => heard.push(metadata?.name));
  await untilWatched();
  put("a");
  put("b");
  await vi.waitFor(() => expect(heard).toEqual(["a", "b"]), waitOptions);
});

test("what the list does not know yet is asked for before it counts as gone", async () => {
  await startList();
  await untilWatched();
  server.frozen = true;
  put(name);
  expect(names()).toEqual([]);
  expect(await list.find(name)).toMatchObject({ metadata: { name } });
  expect(await list.find("nobody")).toBeUndefined();
});

test("stopping ends the watch", async () => {
  await startList();
  await untilWatched();
  await list.stop();
  await vi.waitUntil(() => server.openWatches === 0, waitOptions);
});
