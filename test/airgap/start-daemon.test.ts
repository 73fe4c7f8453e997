import { readdir, readFile, readlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";

const library = fileURLToPath(new URL("lib.sh", import.meta.url));

test.runIf(process.platform === "linux")(
  "a daemon keeps no descriptor, folder or TMPDIR of its caller, whose output ends although it runs on",
  async () => {
    const script = `. "$1"; exec 3>&1 4</dev/null; start_daemon /dev/null sleep 600; echo $!`;
    const { stdout } = await execa("bash", ["-c", script, "test", library], {
      timeout: 30_000,
      env: { TMPDIR: tmpdir() },
    });
    const pid = Number(stdout);
    onTestFinished(() => void process.kill(pid, "SIGKILL"));
    await expect.poll(() => readlink(`/proc/${pid}/exe`)).toMatch(/\/(?:sleep|coreutils)$/);
    expect(await readdir(`/proc/${pid}/fd`)).toEqual(["0", "1", "2"]);
    expect(await readlink(`/proc/${pid}/cwd`)).toBe("/");
    expect(await readFile(`/proc/${pid}/environ`, "latin1")).not.toMatch(/(?:^|\0)TMPDIR=/);
  },
);
