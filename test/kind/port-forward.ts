import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { execa } from "execa";
import getPort from "get-port";
import { installation } from "./tools.ts";

const host = "127.0.0.1";
const againMs = 300;

export interface ForwardOptions {
  namespace?: string;
  /** As kubectl takes it: `svc/transpod-api`. */
  target: string;
  port: number;
}

/**
 * `kubectl port-forward` on a fixed local port. It uses one pod and ends with it: then it is started again.
 */
export class PortForward implements AsyncDisposable {
  readonly host: string;
  readonly #options: ForwardOptions;
  readonly #localPort: number;
  #child: ReturnType<typeof startForwarding> | undefined;
  #closed = false;
  #forwarding = Promise.withResolvers<void>();
  readonly #ended: Promise<void>;

  private constructor(options: ForwardOptions, localPort: number) {
    this.#options = options;
    this.#localPort = localPort;
    this.host = `${host}:${localPort}`;
    this.#ended = this.#keepUp();
  }

  /** Resolves when connections are accepted. */
  static async open(options: ForwardOptions): Promise<PortForward> {
    const forward = new PortForward(options, await getPort({ host }));
    await forward.#forwarding.promise;
    return forward;
  }

  /** Call it when pods were replaced: the old one may still answer for a moment. */
  async reconnect(): Promise<void> {
    this.#forwarding = Promise.withResolvers<void>();
    this.#child?.kill("SIGKILL");
    await this.#forwarding.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#child?.kill("SIGKILL");
    await this.#ended;
  }

  async #keepUp(): Promise<void> {
    while (!this.#closed) {
      await this.#once();
      if (!this.#closed) await delay(againMs);
    }
  }

  async #once(): Promise<void> {
    const child = startForwarding(this.#options, this.#localPort);
    this.#child = child;
    for await (const line of createInterface(child.stdout)) {
      if (line.startsWith("Forwarding from")) this.#forwarding.resolve();
    }
    await child;
  }
}

function startForwarding(options: ForwardOptions, localPort: number) {
  const { namespace = installation.namespace, target, port } = options;
  const where = ["--context", installation.context, "--namespace", namespace];
  return execa(
    "kubectl",
    [...where, "port-forward", "--address", host, target, `${localPort}:${port}`],
    { reject: false, stdin: "ignore", stderr: "ignore" },
  );
}
