import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { multipartUpload } from "@transpod/contract/multipart-api.ts";
import { TranspodClient } from "@transpod/client/client.ts";
import { sha256Of } from "@transpod/client/download.ts";
import { makeSample } from "@transpod/test/e2e/samples.ts";
import { startTranspod, type Transpod } from "@transpod/test/test-transpod.ts";
import { readBegun, writeBegun } from "./resume.ts";
import { startCommand, transpod, transpodOnTerminal } from "../testing.ts";

const folder = mkdtempSync(join(tmpdir(), "transpod-videos-test-"));
const at = (name: string) => join(folder, name);
let server: Transpod;
let client: TranspodClient;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  server = await startTranspod({ DATA_DIR: at("data") });
  client = new TranspodClient(server.url);
  env = { TRANSPOD_URL: server.url, XDG_STATE_HOME: at("state") };
});
afterAll(async () => {
  await server.end("SIGTERM");
  rmSync(folder, { recursive: true });
});

const mebibyte = 1024 ** 2;

function noVideo(name: string, bytes = 10): string {
  const path = at(name);
  writeFileSync(path, "no video");
  truncateSync(path, bytes);
  return path;
}

const begun = () => readdirSync(at("state/transpod/uploads"));

type Event = { event: string; file_id: string } & Record<string, unknown>;
const eventsIn = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Event);

test("a folder is uploaded, transcoded and downloaded; the result can be found, told and fetched again", async () => {
  mkdirSync(at("camera/day"), { recursive: true });
  await makeSample(at("camera/day"), {
    codec: "h264",
    extension: ".mp4",
    seconds: 1,
    size: "160x90",
  });
  const [name = ""] = readdirSync(at("camera/day"));
  noVideo("camera/notes.txt");
  const output = at("out");
  const put = ["put", at("camera"), "-o", output, "--preset", "ultrafast"];
  const { exitCode, stdout, stderr } = await transpod(put, env);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(stderr).toContain(`Skipped: ${at("camera/notes.txt")} is neither .mp4 nor .mov.`);
  const [id = "", path = ""] = stdout.trim().split("  ");
  expect(path).toBe(join(output, "day", name.replace(".mp4", ".h265.mp4")));
  const status = await client.status(id);
  expect(status).toMatchObject({ settings: { preset: "ultrafast" }, sha256: await sha256Of(path) });
  expect(begun()).toEqual([]);

  const listed = await transpod(["ls"], env);
  expect(listed.stdout).toMatch(new RegExp(`${id.slice(0, 8)}  completed .* ${name}\n`));
  const told = await transpod(["explain", name], env);
  expect(told.stdout).toMatch(
    /Attempt 1 joined the queue\.\n.*\n[^]*was verified and published[^]*Next: Nothing\. The result/,
  );
  const got = await transpod(["get", id.slice(0, 4), "-o", at("again.mp4")], env);
  expect(got).toMatchObject({ exitCode: 0, stdout: `${at("again.mp4")}\n` });
  expect(await sha256Of(at("again.mp4"))).toBe(status.sha256);
  writeFileSync(at("again.mp4"), "mine");
  const refused = await transpod(["get", id, "-o", at("again.mp4")], env);
  expect(refused).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining("already there") as string,
  });
  expect(readFileSync(at("again.mp4"), "utf8")).toBe("mine");
});

test("Ctrl-C in the middle of an upload leaves it resumable: the same command sends what is missing", async () => {
  const path = noVideo("large.mp4", 160 * mebibyte);
  const put = ["put", path, "--json", "--part-threshold", "1"];
  const first = startCommand(put, env);
  const id = await vi.waitUntil(
    async () => (await client.listPage({ status: ["awaiting_upload"] }, {})).files[0]?.file_id,
    { timeout: 20_000, interval: 20 },
  );
  const partsOf = async () => {
    const response = await fetch(`${server.url}/upload/${id}/multipart`);
    return response.ok ? multipartUpload.parse(await response.json()).parts.length : 0;
  };
  await vi.waitUntil(async () => (await partsOf()) > 0, { timeout: 20_000, interval: 5 });
  first.kill("SIGINT");
  const { exitCode, stderr } = await first.ended;
  expect({ exitCode, stderr }).toEqual({
    ...{
      exitCode: 130,
      stderr: "Interrupted. Run the same command again: it goes on where it was.\n",
    },
  });
  expect(begun()).toHaveLength(1);
  const sent = (await partsOf()) * 16 * mebibyte;
  expect(sent).toBeLessThan(160 * mebibyte);

  const again = await transpod([...put, "--watch"], env);
  const events = eventsIn(again.stdout);
  expect(events[0]).toMatchObject({
    event: "uploading",
    file_id: id,
    sent_bytes: sent,
    resumed: true,
  });
  // It is no video.
  expect(events.at(-1)).toMatchObject({ event: "failed", file_id: id });
  expect(again).toMatchObject({ exitCode: 1, stderr: "1 of 1 file failed.\n" });
  expect(begun()).toEqual([]);
});

test("an id may be shortened while it is unambiguous, and a name names one file", async () => {
  const path = noVideo("twin.mp4");
  const [one, two] = [await client.announce(path), await client.announce(path)];
  const { exitCode, stderr } = await transpod(["status", "twin.mp4"], env);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('"twin.mp4" may be any of 2 files');
  expect(stderr).toContain(`  ${one.file_id}  twin.mp4\n`);
  const short = await transpod(["cancel", two.file_id.slice(0, 13)], env);
  expect(short).toMatchObject({ exitCode: 0, stdout: "twin.mp4 is cancelled.\n" });
  expect(await transpod(["status", "abc"], env)).toMatchObject({ exitCode: 2 });
  const story = await transpod(["explain", two.file_id], env);
  expect(story.stdout).toContain("It was cancelled.");
});

test("rm asks on a terminal, and without one it needs --yes", async () => {
  const { file_id } = await client.announce(noVideo("waste.mp4"));
  expect(await transpod(["rm", file_id], env)).toMatchObject({ exitCode: 2, stdout: "" });
  const no = { question: "[y/N]", answer: "n\n", env };
  expect(await transpodOnTerminal(["rm", file_id], no)).toMatchObject({ exitCode: 130 });
  await client.status(file_id);
  const yes = { question: "[y/N]", answer: "y\n", env };
  expect(await transpodOnTerminal(["rm", "waste.mp4"], yes)).toMatchObject({ exitCode: 0 });
  await expect(client.status(file_id)).rejects.toMatchObject({ code: "file_deleted" });
});

test("on a terminal a bar shows the upload", async () => {
  const none = { question: "(none)", answer: "" };
  const put = ["put", noVideo("bar.mp4", mebibyte)];
  const { exitCode, screen } = await transpodOnTerminal(put, { ...none, env });
  expect(exitCode).toBe(0);
  expect(screen).toContain("░");
  expect(screen).toMatch(/✓.* .*bar\.mp4 {2}completed/);
});

test("a file that was begun and then deleted is uploaded as a new one", async () => {
  const path = noVideo("deleted.mp4", 2000);
  const { size, mtimeMs } = statSync(path);
  const entry = { server: server.url, path, size, mtimeMs, settings: {} };
  const { file_id } = await client.announce(path);
  await writeBegun(at("state/transpod/uploads"), entry, { file_id, in_parts: false });
  await client.delete(file_id);
  const { exitCode, stdout } = await transpod(["put", path], env);
  expect(exitCode).toBe(0);
  expect(stdout).not.toContain(file_id);
});

test("the original of a file is deleted or kept as said, which makes it another upload", async () => {
  const path = noVideo("original.mp4", 2000);
  const put = async (...options: string[]) => {
    const { stdout } = await transpod(["put", path, ...options], env);
    const { delete_original } = await client.status(stdout.split(" ")[0]!);
    return delete_original;
  };
  expect(await put()).toBe(false);
  expect(await put("--delete-original")).toBe(true);
  expect(await put("--no-delete-original")).toBe(false);
  const upload = { server: server.url, path, size: 1, mtimeMs: 1, settings: {} };
  const entry = { file_id: "a", in_parts: false };
  await writeBegun(at("begun"), { ...upload, deleteOriginal: true }, entry);
  expect(await readBegun(at("begun"), upload)).toBeUndefined();
  expect(await readBegun(at("begun"), { ...upload, deleteOriginal: true })).toEqual(entry);
});

test("wrong paths and settings are told before anything is sent", async () => {
  expect(await transpod(["put", at("absent.mp4")], env)).toMatchObject({
    ...{ exitCode: 1, stderr: `There is no readable file ${at("absent.mp4")}.\n` },
  });
  const bad = await transpod(["put", noVideo("x.mp4"), "--crf", "99"], env);
  expect(bad).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("--crf") as string });
  const unreachable = { ...env, TRANSPOD_URL: "http://127.0.0.1:9" };
  expect(await transpod(["ls"], unreachable)).toMatchObject({
    ...{ exitCode: 1, stderr: "No Transpod answers at http://127.0.0.1:9.\n" },
  });
});

test("bash completes commands, subcommands and options", async () => {
  const { stdout } = await transpod(["completion", "bash"]);
  writeFileSync(at("completion.bash"), stdout);
  const complete = (...words: string[]) =>
    execFileSync("bash", [
      ...[
        "-c",
        `. ${at("completion.bash")}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _transpod; echo "\${COMPREPLY[@]}"`,
      ],
      ...["bash", "transpod", ...words],
    ])
      .toString()
      .trim();
  expect(complete("st")).toBe("status");
  expect(complete("keys", "re")).toBe("revoke");
  expect(complete("put", "film.mp4", "--qu")).toBe("--quality");
});

test("a command for videos loads neither the AWS SDK nor the driver of Postgres", async () => {
  const hooks = at("hooks.mjs");
  writeFileSync(
    hooks,
    `import { registerHooks } from "node:module";
     registerHooks({ load(url, context, next) {
       if (/node_modules\\/(@aws-sdk|pg)\\//.test(url)) { console.error("loaded " + url); }
       return next(url, context);
     } });`,
  );
  const loading = { ...env, NODE_OPTIONS: `--import ${hooks}` };
  const { exitCode, stderr } = await transpod(["ls"], loading);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect((await transpod(["migrate", "--help"], loading)).stderr).toContain("loaded ");
});
