import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { startBacking } from "./backing.ts";
import { operationsOf, type Operation } from "./operations.ts";
import { describeRounds } from "./report.ts";
import { compareTo, summarize, type Round } from "./rounds.ts";
import { requireSameAnswers } from "./same-answers.ts";
import { startServer, type ServerProcess } from "./server-process.ts";
import { contenders, serverOptions, type Contender } from "./servers.ts";
import { measureWindow, type Window } from "./windows.ts";

const command = new Command("api")
  .description(
    "Compares the API with a bare Express and a FastAPI server that do the same, in alternating windows.",
  )
  .option("--rounds <n>", "windows of each server for each operation", Number, 7)
  .option("--seconds <n>", "length of a window", Number, 3)
  .option("--connections <n>", "requests at the same time", Number, 16)
  .option("--pending <n>", "files in the queue", Number, 100)
  .option("--only <operation>", 'one operation, such as "POST /upload"')
  .option("--json", "print JSON")
  .parse();
interface Options {
  rounds: number;
  seconds: number;
  connections: number;
  pending: number;
  only?: string;
  json?: true;
}
const { rounds, seconds, connections, pending, only, json } = command.opts<Options>();

await using parts = new AsyncDisposableStack();
const folder = await mkdtemp(join(tmpdir(), "transpod-bench-api-"));
parts.defer(() => rm(folder, { recursive: true, force: true }));
const backing = parts.use(await startBacking(folder, pending));
const servers = new Map<Contender, ServerProcess>();
for (const name of contenders) {
  const options = serverOptions(name, { databaseUrl: backing.databaseUrl, folder });
  servers.set(name, parts.use(await startServer(options)));
}

for (const operation of operationsOf(backing.completedFile)) {
  if (only !== undefined && operation.name !== only) continue;
  const urls = [...servers.values()].map(({ url }) => url);
  await requireSameAnswers(urls, operation, backing.apiKey);
  // The first round only warms up.
  await measureRound(operation, 0);
  const measured: Round[] = [];
  for (let round = 1; round <= rounds; round++) measured.push(await measureRound(operation, round));
  const summaries = contenders.map((name) => ({ name, ...summarize(measured, name) }));
  const ratios = (["transpod", "transpod, AUTH=on"] as const).flatMap((name) =>
    (["express", "fastapi"] as const).map((peer) => compareTo(measured, name, peer)),
  );
  const result = { operation: operation.name, summaries, ratios };
  console.log(json ? JSON.stringify(result) : describeRounds(result));
}

/** Each round begins with another server. */
async function measureRound(operation: Operation, round: number): Promise<Round> {
  const first = round % contenders.length;
  const order = [...contenders.slice(first), ...contenders.slice(0, first)];
  const windows: Partial<Record<Contender, Window>> = {};
  for (const name of order) {
    const server = servers.get(name)!;
    windows[name] = await measureWindow({
      ...{ url: server.url, apiKey: backing.apiKey, operation, seconds, connections },
      readUse: async () => ({ server: await server.use(), postgres: await backing.use() }),
    });
  }
  return windows as Round;
}
