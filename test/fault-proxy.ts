import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/**
 * The fault of a connection:
 * - `pass`: nothing.
 * - `refuse`: new connections are refused, and open ones are reset.
 * - `freeze`: half open: no data passes any more, without an error.
 * - `slow`: at most this many bytes a second are returned.
 * - `answer`: every request, or each one that contains `to`, gets this answer, and then the connection ends;
 *   the server receives nothing.
 */
export type Fault =
  | { kind: "pass" }
  | { kind: "refuse" }
  | { kind: "freeze" }
  | { kind: "slow"; bytesPerSecond: number }
  | { kind: "answer"; text: string; to?: string };

interface Pair {
  client: Socket;
  server: Socket;
}

interface Loss {
  words: string;
  /** Only on a connection that had these words before. */
  after: string;
  lost: () => void;
}

export interface Address {
  host: string;
  port: number;
}

export function addressOf(url: string): Address {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}

/** Answers HTTP requests with only a status. */
export const httpStatus = (status: number, to = ""): Fault => ({
  kind: "answer",
  to,
  text: `HTTP/1.1 ${status} Fault\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
});

/** A proxy between a client and a server on real sockets, which causes faults of networks. */
export class FaultProxy implements AsyncDisposable {
  readonly #pairs = new Set<Pair>();
  readonly #target: () => Address;
  readonly #server: Server;
  readonly port: number;
  #fault: Fault = { kind: "pass" };
  #cutAfter: number | undefined;
  #loss: Loss | undefined;

  private constructor(server: Server, target: () => Address) {
    this.#server = server;
    this.#target = target;
    this.port = (server.address() as AddressInfo).port;
    server.on("connection", (client) => this.#accept(client));
  }

  /** The target may change from one connection to the next. */
  static async open(target: Address | (() => Address)): Promise<FaultProxy> {
    const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
    await once(server, "listening");
    return new FaultProxy(server, typeof target === "function" ? target : () => target);
  }

  /** The same URL, but through this proxy. */
  through(url: string): string {
    const through = new URL(url);
    through.hostname = "127.0.0.1";
    through.port = String(this.port);
    return through.href.replace(/\/$/, "");
  }

  /** Sets the fault of all open and future connections. */
  async suffer(fault: Fault): Promise<void> {
    this.#fault = fault;
    if (fault.kind === "refuse") {
      this.#server.close();
      this.reset();
    } else if (!this.#server.listening) {
      this.#server.listen(this.port, "127.0.0.1");
      await once(this.#server, "listening");
    }
    for (const { client, server } of this.#pairs) {
      for (const socket of [client, server]) {
        if (fault.kind === "freeze") socket.pause();
        else socket.resume();
      }
    }
  }

  /** Resets every open connection. */
  reset(): void {
    for (const { client, server } of this.#pairs) {
      client.resetAndDestroy();
      server.destroy();
    }
  }

  /** Makes the open connections half open: no data passes any more. Future connections work. */
  freezeOpen(): void {
    for (const { client, server } of this.#pairs) {
      client.pause();
      server.pause();
    }
  }

  /** Resets open and future connections after this many bytes to the server. */
  cutAfter(bytes: number | undefined): void {
    this.#cutAfter = bytes;
  }

  /**
   * Once: a request with these words is executed, but its answer is lost, and the connection too.
   * Resolves then.
   */
  async loseAnswerTo(words: string, { after = "" } = {}): Promise<void> {
    await new Promise<void>((lost) => (this.#loss = { words, after, lost }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const { client, server } of this.#pairs) {
      client.destroy();
      server.destroy();
    }
  }

  #accept(client: Socket): void {
    client.on("error", () => {});
    const server = connect({ ...this.#target(), allowHalfOpen: true });
    const pair = { client, server };
    this.#pairs.add(pair);
    server.on("error", () => client.resetAndDestroy());
    this.#forward(pair);
    if (this.#fault.kind === "freeze") {
      client.pause();
      server.pause();
    }
  }

  #forward(pair: Pair): void {
    const { client, server } = pair;
    let sent = 0;
    let prepared: Loss | undefined;
    let losing: (() => void) | undefined;
    client.on("data", (chunk) => {
      if (this.#fault.kind === "answer" && chunk.includes(this.#fault.to ?? "")) {
        client.end(this.#fault.text);
        return;
      }
      if (this.#loss !== undefined && chunk.includes(this.#loss.after)) prepared = this.#loss;
      if (prepared !== undefined && prepared === this.#loss && chunk.includes(prepared.words)) {
        losing = prepared.lost;
        this.#loss = undefined;
      }
      server.write(chunk);
      sent += chunk.length;
      if (this.#cutAfter !== undefined && sent >= this.#cutAfter) client.resetAndDestroy();
    });
    server.on("data", (chunk) => {
      if (losing !== undefined) {
        client.resetAndDestroy();
        losing();
        return;
      }
      void this.#giveBack(pair, chunk);
    });
    client.on("end", () => server.end());
    server.on("end", () => client.end());
    for (const socket of [client, server]) {
      socket.on("close", () => {
        this.#pairs.delete(pair);
        // Data for the other end is still sent.
        client.destroySoon();
        server.destroySoon();
      });
    }
  }

  async #giveBack({ client, server }: Pair, chunk: Buffer): Promise<void> {
    if (this.#fault.kind === "slow") {
      server.pause();
      await delay((chunk.length / this.#fault.bytesPerSecond) * 1_000);
      server.resume();
    }
    client.write(chunk);
  }
}
