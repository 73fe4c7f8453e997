import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readEmbeddedConfig } from "@transpod/embedded/config.ts";
import { startEmbedded } from "@transpod/embedded/embedded.ts";
import { TranspodError } from "@transpod/contract/errors.ts";
import { TranspodClient } from "@transpod/client/client.ts";
import { runAll } from "./run-all.ts";

/**
 * Runs all of Transpod in a temporary folder, transcodes the videos, and removes everything. Arguments:
 * your videos. Their results are kept in the folder of the environment variable KEEP.
 */
async function demo(): Promise<void> {
  await using parts = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "transpod-demo-"));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  const dataDir = join(folder, "data");
  const environment = { ...process.env, PORT: "0", DATA_DIR: dataDir, AUTH: "off" };
  process.stderr.write("Starting Postgres, S3 and SQS, the controller and the API...\n");
  const transpod = await startEmbedded(readEmbeddedConfig(environment));
  parts.defer(() => transpod.stop());
  process.stderr.write(`Transpod is ready at ${transpod.url}\n`);

  // The first Ctrl-C stops gracefully; a second one at once.
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => interrupted.abort(new TranspodError("interrupted", "Interrupted.")));
  }
  await runAll(new TranspodClient(transpod.url), {
    files: process.argv.slice(2),
    folder,
    keep: process.env["KEEP"],
    json: false,
    signal: interrupted.signal,
  });
}

try {
  await demo();
} catch (error) {
  if (!(error instanceof TranspodError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
