import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isUnavailable } from "@transpod/runtime/unavailable.ts";
import { createApiClient, type ApiClient } from "./api-client.ts";
import { ask } from "./api-errors.ts";
import { accountsPath, namespace, TestApiServer } from "./testing/api-server.ts";

let server: TestApiServer;
beforeEach(async () => {
  server = await TestApiServer.start();
  server.put(accountsPath, { metadata: { name: "worker", uid: "worker-uid" } });
});
afterEach(() => server.stop());

async function readAccount({ core }: ApiClient): Promise<string | undefined> {
  const request = core.readNamespacedServiceAccount({ name: "worker", namespace });
  return (await ask("read it", request)).metadata?.uid;
}

test("requests share connections", async () => {
  const client = createApiClient(server.kubeConfig);
  for (let time = 0; time < 20; time += 1) expect(await readAccount(client)).toBe("worker-uid");
  expect(server.connections).toBeLessThan(5);
});

test.each<[string, (response: ServerResponse) => void]>([
  ["whose connection is reset", (response) => response.socket?.resetAndDestroy()],
  ["that is never answered", () => {}],
])("a request %s is given up, and so is its connection", async (_, takeover) => {
  const client = createApiClient(server.kubeConfig, 2_000);
  await readAccount(client);
  const before = server.connections;
  server.takeOver(() => true, takeover);
  const error: unknown = await readAccount(client).catch((thrown: unknown) => thrown);
  expect(isUnavailable(error)).toBe(true);
  expect(await readAccount(client)).toBe("worker-uid");
  expect(server.connections).toBeGreaterThan(before);
});
