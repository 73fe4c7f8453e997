import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/**
 * What a connection suffers:
 * - `pass`: nothing.
 * - `refuse`: nobody listens, and those who were connected are reset.
 * - `freeze`: half open: nothing comes through any more, and nobody says so.
 * - `slow`: so many bytes a second come back, and no more.
 * - `answer`: whatever is asked, or what has the words `to` in it, is answered so, and then the connection
 *   ends; the server hears nothing of it.
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
  /** Only on a connection on which these went before. */
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

/** Answers requests over HTTP with a status and nothing else. */
export const httpStatus = (status: number, to = ""): Fault => ({
  kind: "answer",
  to,
  text: `HTTP/1.1 ${status} Fault\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
});

/** Stands between a client and a server on a real socket, and lets connections suffer what networks do. */
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

  /** The same URL, but through here. */
  through(url: string): string {
    const through = new URL(url);
    through.hostname = "127.0.0.1";
    through.port = String(this.port);
    return through.href.replace(/\/$/, "");
  }

  /** From now on, for connections that are open and those to come. */
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

  /** Half open: nothing comes through the connections of now any more. Those to come are well. */
  freezeOpen(): void {
    for (const { client, server } of this.#pairs) {
      client.pause();
      server.pause();
    }
  }

  /** Resets the connections of now, and those to come, when so many bytes have gone to the server. */
  cutAfter(bytes: number | undefined): void {
    this.#cutAfter = bytes;
  }

  /**
   * Once: what has these words in it is carried out, but its answer is lost, and the connection with it.
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
        // What the other end has still to be told, it is told.
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
