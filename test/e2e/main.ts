import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, Option } from "commander";
import { TranspodError } from "@transpod/contract/errors.ts";
import { TranspodClient } from "@transpod/client/client.ts";
import { runAll } from "./run-all.ts";

const command = new Command("e2e")
  .description("Transcodes videos with a running Transpod, and checks the results with ffprobe.")
  .requiredOption("--url <url>", "URL of its API, for example http://localhost:8000")
  .addOption(new Option("--api-key <key>", "API key to send with every request").env("API_KEY"))
  .option("--json", "print the results as JSON")
  .option("--keep <folder>", "keep the downloaded results in this folder")
  .argument("[files...]", "your videos; without any, a small one in each codec is generated")
  .parse();

const options = command.opts<{ url: string; apiKey?: string; json?: true; keep?: string }>();
const folder = await mkdtemp(join(tmpdir(), "transpod-e2e-"));
try {
  await runAll(new TranspodClient(options.url, options.apiKey), {
    files: command.args,
    folder,
    keep: options.keep,
    json: options.json ?? false,
  });
} catch (error) {
  if (!(error instanceof TranspodError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
