import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { KubeConfig } from "@kubernetes/client-node";
import { applyJsonPatch } from "./json-patch.ts";

export const namespace = "here";
export const jobsPath = `/apis/batch/v1/namespaces/${namespace}/jobs`;
export const podsPath = `/api/v1/namespaces/${namespace}/pods`;
export const eventsPath = `/api/v1/namespaces/${namespace}/events`;
export const accountsPath = `/api/v1/namespaces/${namespace}/serviceaccounts`;
const reviewsPath = "/apis/authentication.k8s.io/v1/tokenreviews";
const collections = new Set([jobsPath, podsPath, eventsPath, accountsPath]);

interface KubernetesObject {
  metadata?: {
    name?: string;
    generateName?: string;
    uid?: string;
    resourceVersion?: string;
    labels?: Record<string, string>;
  };
}

interface Request {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
}

interface Watch {
  request: Request;
  response: ServerResponse;
}

interface Change {
  version: number;
  path: string;
  before: KubernetesObject | undefined;
  after: KubernetesObject | undefined;
}

type Takeover = (response: ServerResponse) => void;

/**
 * Lists, watches, creates, patches and deletes as the API server does, over a real socket, and fails when a test
 * asks for it: real networks and API servers fail too, but not at the moment a test needs it.
 */
export class TestApiServer {
  readonly requests: Request[] = [];
  /** How many connections were opened. */
  connections = 0;
  /** The answer to the TokenReview of each token. */
  reviews: (token: string) => object = () => ({ authenticated: false });
  /** Sends nothing to watches and does not end them, as after a cable was pulled. */
  frozen = false;
  readonly #objects = new Map<string, Map<string, KubernetesObject>>();
  readonly #takeovers: { when: (request: Request) => boolean; takeover: Takeover }[] = [];
  readonly #watches = new Set<Watch>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly #history: Change[] = [];
  #version = 100;
  #compactedAt = 0;

  static async start(): Promise<TestApiServer> {
    const server = new TestApiServer();
    server.#server.on("connection", () => (server.connections += 1));
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  get kubeConfig(): KubeConfig {
    const { port } = this.#server.address() as AddressInfo;
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromClusterAndUser(
      // client-node accepts plain HTTP only with skipTLSVerify.
      { name: "test", server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
      { name: "test" },
    );
    return kubeConfig;
  }

  get openWatches(): number {
    return this.#watches.size;
  }

  count(when: (request: Request) => boolean): number {
    return this.requests.filter(when).length;
  }

  /** Creates or changes an object; with `told: false` watches get no event. */
  put(path: string, object: KubernetesObject, { told = true } = {}): KubernetesObject {
    const known = this.#in(path).get(object.metadata?.name ?? "");
    const stored = {
      ...object,
      metadata: { uid: randomUUID(), ...object.metadata, resourceVersion: String(++this.#version) },
    };
    this.#in(path).set(stored.metadata.name ?? "", stored);
    if (told) this.#tell(path, known, stored);
    return stored;
  }

  get(path: string, name: string): KubernetesObject | undefined {
    return this.#in(path).get(name);
  }

  delete(path: string, name: string): void {
    const object = this.#in(path).get(name);
    if (object === undefined) return;
    this.#in(path).delete(name);
    this.#version += 1;
    this.#tell(path, object, undefined);
  }

  /** Resets the connections of all watches, as a load balancer does. */
  resetWatches(): void {
    for (const { response } of this.#watches) response.socket?.resetAndDestroy();
  }

  endWatches(): void {
    for (const { response } of this.#watches) response.end();
  }

  say(line: string): void {
    for (const { response } of this.#watches) response.write(line);
  }

  /** Forgets what changed, as etcd does after some minutes: watches from before are refused. */
  compact(): void {
    this.#compactedAt = this.#version;
  }

  /** Answers the next request that matches, in place of the server. */
  takeOver(when: (request: Request) => boolean, takeover: Takeover): void {
    this.#takeovers.push({ when, takeover });
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(incoming.url ?? "", "http://test");
    const bodyText = await text(incoming);
    const body: unknown = bodyText === "" ? undefined : JSON.parse(bodyText);
    const request = { method: incoming.method ?? "", path: pathname, query: searchParams, body };
    this.requests.push(request);
    const index = this.#takeovers.findIndex(({ when }) => when(request));
    const [taken] = index === -1 ? [] : this.#takeovers.splice(index, 1);
    if (taken !== undefined) taken.takeover(response);
    else if (searchParams.get("watch") === "true") this.#watch(request, response);
    else this.#serve(request, response);
  }

  #serve(request: Request, response: ServerResponse): void {
    const { method, path, body } = request;
    if (path === reviewsPath) {
      const { token } = (body as { spec: { token: string } }).spec;
      send(response, 201, { status: this.reviews(token) });
      return;
    }
    if (method === "POST") {
      this.#create(path, body as KubernetesObject, response);
      return;
    }
    if (collections.has(path)) {
      const metadata = { resourceVersion: String(this.#version) };
      const items = [...this.#in(path).values()].filter((object) => selects(request, object));
      send(response, 200, { metadata, items });
      return;
    }
    const [, folder = "", name = ""] = /^(.*)\/([^/]+)$/.exec(path) ?? [];
    const object = this.#in(folder).get(name);
    if (object === undefined) {
      refuse(response, 404, `"${name}" not found`);
      return;
    }
    if (method === "PATCH") {
      const patched = applyJsonPatch(object, body as Parameters<typeof applyJsonPatch>[1]);
      if (patched === undefined) refuse(response, 422, "the server rejected our request");
      else send(response, 200, this.put(folder, patched));
      return;
    }
    if (method === "DELETE") this.delete(folder, name);
    send(response, 200, object);
  }

  #create(path: string, object: KubernetesObject, response: ServerResponse): void {
    const { generateName, name = `${generateName ?? ""}${randomUUID()}` } = object.metadata ?? {};
    if (this.#in(path).has(name)) refuse(response, 409, `"${name}" already exists`);
    else send(response, 201, this.put(path, { ...object, metadata: { ...object.metadata, name } }));
  }

  #watch(request: Request, response: ServerResponse): void {
    const from = Number(request.query.get("resourceVersion"));
    response.writeHead(200, { "content-type": "application/json" });
    response.flushHeaders();
    if (from < this.#compactedAt) {
      const object = { kind: "Status", code: 410, message: "too old resource version" };
      response.end(`${JSON.stringify({ type: "ERROR", object })}\n`);
      return;
    }
    const watch = { request, response };
    this.#watches.add(watch);
    for (const change of this.#history) if (change.version > from) this.#send(watch, change);
    const end = setTimeout(
      () => {
        if (this.frozen) return;
        const metadata = { resourceVersion: String(this.#version) };
        response.end(`${JSON.stringify({ type: "BOOKMARK", object: { metadata } })}\n`);
      },
      Number(request.query.get("timeoutSeconds")) * 1_000,
    );
    response.once("close", () => {
      clearTimeout(end);
      this.#watches.delete(watch);
    });
  }

  #tell(path: string, before?: KubernetesObject, after?: KubernetesObject): void {
    const change = { version: this.#version, path, before, after };
    this.#history.push(change);
    for (const watch of this.#watches) this.#send(watch, change);
  }

  /** To a watch, an object that loses the labels it asked for is deleted. */
  #send({ request, response }: Watch, { path, version, before, after }: Change): void {
    if (this.frozen || response.writableEnded || path !== request.path) return;
    const was = before !== undefined && selects(request, before);
    const is = after !== undefined && selects(request, after);
    if (!was && !is) return;
    const type = was ? (is ? "MODIFIED" : "DELETED") : "ADDED";
    const metadata = { ...(is ? after : before)?.metadata, resourceVersion: String(version) };
    response.write(`${JSON.stringify({ type, object: { ...(after ?? before), metadata } })}\n`);
  }

  #in(path: string): Map<string, KubernetesObject> {
    const objects = this.#objects.get(path) ?? new Map<string, KubernetesObject>();
    this.#objects.set(path, objects);
    return objects;
  }
}

function selects({ query }: Request, { metadata }: KubernetesObject): boolean {
  const selector = query.get("labelSelector")?.split(",") ?? [];
  return selector.every((pair) => {
    const [key = "", value] = pair.split("=");
    return metadata?.labels?.[key] === value;
  });
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

export function refuse(response: ServerResponse, code: number, message: string): void {
  send(response, code, { kind: "Status", status: "Failure", message, code });
}
