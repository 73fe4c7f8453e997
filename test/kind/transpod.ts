import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import { isTerminal } from "@transpod/contract/states.ts";
import { TranspodClient } from "@transpod/client/client.ts";
import { findFaults, readFacts } from "../e2e/proof.ts";
import { Database } from "./database.ts";
import { PortForward } from "./port-forward.ts";
import { readOwnValues, upgrade } from "./release.ts";
import { installation } from "./tools.ts";
import { until, type WaitOptions } from "./until.ts";

/** The installation as a client sees it, and its database beside it. */
export async function openTranspod() {
  await using opened = new AsyncDisposableStack();
  const { release } = installation;
  const api = opened.use(await PortForward.open({ target: `svc/${release}-api`, port: 8000 }));
  const database = opened.use(await Database.open());
  const folder = await mkdtemp(join(tmpdir(), "transpod-kind-"));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const client = new TranspodClient(`http://${api.host}`);
  const ownValues = await readOwnValues();
  let changed = false;

  async function untilStatus(
    fileId: string,
    condition: (status: FileStatus) => boolean,
    what: string,
    waitOptions?: WaitOptions,
  ): Promise<FileStatus> {
    let last: FileStatus | undefined;
    const look = async () => {
      last = await client.status(fileId);
      return condition(last) ? last : undefined;
    };
    try {
      return await until(look, `${fileId} ${what}`, waitOptions);
    } catch (error) {
      const attempts = await database.attempts(fileId);
      const seen = JSON.stringify({ last, attempts }, null, 2);
      throw new Error(`${error instanceof Error ? error.message : String(error)}\n${seen}`, {
        cause: error,
      });
    }
  }

  /** Resolves with the path of the result. */
  async function download(fileId: string, source: string): Promise<string> {
    const output = join(folder, `${fileId}${extname(source)}`);
    await client.download(fileId, "processed", output);
    return output;
  }

  /** Waits until the API answers again, through a pod of this release. */
  async function reconnect(): Promise<void> {
    await api.reconnect();
    await until(async () => (await fetch(`http://${api.host}/readyz`)).ok, "the API is ready");
  }

  const parts = opened.move();
  return {
    ...{ client, database, ownValues, untilStatus, reconnect },

    untilEncoding: (fileId: string, attempt = 1) =>
      untilStatus(
        fileId,
        (status) => status.attempt === attempt && status.progress?.phase === "encode",
        `is encoded in attempt ${attempt}`,
      ),

    untilEnded: (fileId: string, waitOptions: WaitOptions = { seconds: 180 }) =>
      untilStatus(
        fileId,
        ({ processing_status }) => isTerminal(processing_status),
        "has ended",
        waitOptions,
      ),

    download,

    /** Downloads the result and lists its faults. */
    async faultsOf(fileId: string, source: string): Promise<string[]> {
      const output = await download(fileId, source);
      return findFaults(await readFacts(source), await readFacts(output));
    },

    /** `helm upgrade` with these settings on top of the installation's own; `close` takes them back. */
    async configure(settings: Readonly<Record<string, string | number | boolean>>): Promise<void> {
      changed = true;
      await upgrade(ownValues, settings);
      await reconnect();
    },

    async close(): Promise<void> {
      await using _ = parts;
      if (changed) await upgrade(ownValues);
    },
  };
}

export type Transpod = Awaited<ReturnType<typeof openTranspod>>;
