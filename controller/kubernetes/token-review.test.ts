import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createLogger } from "@transpod/runtime/logger.ts";
import { isUnavailable } from "@transpod/runtime/unavailable.ts";
import { startKubernetes, type Kubernetes } from "./kubernetes.ts";
import {
  accountsPath,
  jobsPath,
  namespace,
  podsPath,
  refuse,
  TestApiServer,
} from "./testing/api-server.ts";
import { job, jobSettings, name, waitOptions, pod, podName, ref } from "./testing/builders.ts";

let server: TestApiServer;
let kubernetes: Kubernetes;

beforeEach(async () => {
  server = await TestApiServer.start();
  server.put(accountsPath, { metadata: { name: jobSettings.serviceAccountName, uid: "sa-uid" } });
  server.put(jobsPath, job());
  server.put(podsPath, pod());
  server.reviews = (token) => (token === "good" ? good() : { authenticated: false, error: "no" });
  const log = createLogger({ service: "test", level: "silent" });
  const { kubeConfig } = server;
  kubernetes = await startKubernetes({ namespace, settings: jobSettings, log, kubeConfig });
  await vi.waitUntil(() => server.openWatches === 2, waitOptions);
});
afterEach(async () => {
  await kubernetes.stop();
  await server.stop();
});

const good = () => ({
  authenticated: true,
  audiences: ["transpod-work"],
  user: {
    username: `system:serviceaccount:${namespace}:${jobSettings.serviceAccountName}`,
    extra: {
      "authentication.kubernetes.io/pod-name": [podName],
      "authentication.kubernetes.io/pod-uid": ["pod-uid"],
    },
  },
});
const isReview = ({ path }: { path: string }) => path.endsWith("/tokenreviews");
const authenticate = (token = "good") => kubernetes.authenticator.authenticate(token);

test("a worker's token names its attempt, and is made for our work port alone", async () => {
  expect(await authenticate()).toEqual(ref);
  const [review] = server.requests.filter(isReview);
  expect(review?.body).toMatchObject({ spec: { token: "good", audiences: ["transpod-work"] } });
});

test("a token is reviewed once in a while, not with each word of its worker", async () => {
  for (let word = 0; word < 5; word += 1) expect(await authenticate()).toEqual(ref);
  expect(server.count(isReview)).toBe(1);
});

test("a token that Kubernetes does not know is nobody's, and asked about again", async () => {
  expect(await authenticate("bad")).toBeUndefined();
  expect(await authenticate("bad")).toBeUndefined();
  expect(server.count(isReview)).toBe(2);
});

test.each<[string, () => object]>([
  ["was made for the API server", () => ({ ...good(), audiences: ["https://kubernetes"] })],
  ["was made for nobody in particular", () => ({ ...good(), audiences: undefined })],
  [
    "is another account's",
    () => ({ ...good(), user: { ...good().user, username: "system:serviceaccount:here:default" } }),
  ],
  ["is bound to no pod", () => ({ ...good(), user: { ...good().user, extra: {} } })],
  [
    "was bound to an earlier pod of the same name",
    () => ({
      ...good(),
      user: {
        ...good().user,
        extra: { ...good().user.extra, "authentication.kubernetes.io/pod-uid": ["earlier"] },
      },
    }),
  ],
])("a valid token that %s is nobody's", async (_, review) => {
  server.reviews = review;
  expect(await authenticate()).toBeUndefined();
});

const owner = { apiVersion: "batch/v1", kind: "Job", name, uid: "job-uid", controller: true };

test.each([
  ["has no labels", { labels: {} }],
  [
    "is another installation's",
    { labels: { ...pod().metadata?.labels, "app.kubernetes.io/instance": "other" } },
  ],
  ["belongs to no Job", { ownerReferences: [] }],
  ["belongs to the Job of another attempt", { ownerReferences: [{ ...owner, name: `${name}1` }] }],
  [
    "belongs to an earlier Job of the same name",
    { ownerReferences: [{ ...owner, uid: "earlier" }] },
  ],
  ["is not controlled by its Job", { ownerReferences: [{ ...owner, controller: false }] }],
])("a token of a pod that %s is nobody's", async (_, metadata) => {
  server.put(podsPath, pod({ metadata: { ...pod().metadata, ...metadata } }));
  await vi.waitFor(async () => expect(await authenticate()).toBeUndefined(), waitOptions);
});

test("a token that was good is nobody's as soon as its Job is gone", async () => {
  expect(await authenticate()).toEqual(ref);
  server.delete(jobsPath, name);
  await vi.waitFor(async () => expect(await authenticate()).toBeUndefined(), waitOptions);
});

test("a pod that is newer than our list of pods is looked up", async () => {
  server.frozen = true;
  server.put(podsPath, pod({ metadata: { ...pod().metadata, name: "newer", uid: "newer" } }));
  server.reviews = () => ({
    ...good(),
    user: {
      ...good().user,
      extra: {
        "authentication.kubernetes.io/pod-name": ["newer"],
        "authentication.kubernetes.io/pod-uid": ["newer"],
      },
    },
  });
  expect(await authenticate()).toEqual(ref);
});

test("while Kubernetes can't be asked, no token is called invalid", async () => {
  server.takeOver(isReview, (response) => refuse(response, 500, "etcd"));
  const error: unknown = await authenticate().catch((thrown: unknown) => thrown);
  expect(isUnavailable(error)).toBe(true);
  expect(await authenticate()).toEqual(ref);
});
