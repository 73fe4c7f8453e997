import { mkdtemp, rm } from "node:fs/promises";
import { get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Command } from "commander";
import { createPool } from "@transpod/store/database.ts";
import { setPriority } from "@transpod/store/priority.ts";
import { startBacking } from "./backing.ts";
import { startServer } from "./server-process.ts";
import { serverOptions } from "./servers.ts";

const command = new Command("streams")
  .description("Measures what open event streams of all files cost one API process.")
  .option("--streams <n>", "open streams", Number, 1_000)
  .option("--changes <n>", "changes of files, each told to every stream", Number, 100)
  .option("--seconds <n>", "how long nothing happens", Number, 30)
  .option("--json", "print JSON")
  .parse();
const { streams, changes, seconds, json } = command.opts<{
  streams: number;
  changes: number;
  seconds: number;
  json?: true;
}>();

await using parts = new AsyncDisposableStack();
const folder = await mkdtemp(join(tmpdir(), "transpod-bench-streams-"));
parts.defer(() => rm(folder, { recursive: true, force: true }));
const backing = parts.use(await startBacking(folder, 100));
const options = serverOptions("transpod", { databaseUrl: backing.databaseUrl, folder });
const server = parts.use(await startServer(options));
const pool = createPool({ url: backing.databaseUrl, applicationName: "bench" }, () => {});
parts.defer(() => pool.end());

const without = await rest();
const opened: IncomingMessage[] = [];
parts.defer(() => opened.forEach((response) => response.destroy()));
const told = { events: 0 };
while (opened.length < streams) opened.push(await openStream());
const idle = await rest();

const { rows } = await pool.query<{ file_id: string }>(
  "select file_id from files where state = 'pending' limit 1",
);
const file = rows[0]!.file_id;
const before = { ...(await server.use()), ...told };
for (let change = 1; change <= changes; change++) {
  const wanted = told.events + streams;
  await setPriority(pool, file, change % 100);
  while (told.events < wanted) await delay(5);
}
const after = await server.use();

const events = told.events - before.events;
const kibibytes = (idle.rssBytes - without.rssBytes) / 1024 / streams;
const result = {
  streams,
  kibibytes_per_stream: Math.round(kibibytes * 10) / 10,
  idle_core_percent: { without: without.corePercent, with: idle.corePercent },
  events,
  cpu_ms_per_thousand_events:
    Math.round(((after.cpuSeconds - before.cpuSeconds) * 1e7) / events) / 10,
};
console.log(json ? JSON.stringify(result) : result);

/** What the process uses while nothing happens. */
async function rest() {
  const begun = await server.use();
  await delay(seconds * 1_000);
  const { cpuSeconds, rssBytes } = await server.use();
  const corePercent = Math.round(((cpuSeconds - begun.cpuSeconds) / seconds) * 1000) / 10;
  return { rssBytes, corePercent };
}

/** Resolves when the stream has begun. */
async function openStream(): Promise<IncomingMessage> {
  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    get(`${server.url}/events`, { agent: false }, resolve).on("error", reject),
  );
  response.setEncoding("utf8").on("data", (text: string) => {
    told.events += text.split("event: file").length - 1;
  });
  response.on("error", () => {});
  return response;
}
