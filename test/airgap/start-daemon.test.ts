import { readdir, readlink } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";

const library = fileURLToPath(new URL("lib.sh", import.meta.url));

test.runIf(process.platform === "linux")(
  "a command substitution ends although a daemon that was started in it runs on",
  async () => {
    const script = `. "$1"; exec 3>&1 4</dev/null; start_daemon /dev/null sleep 600; echo $!`;
    const { stdout } = await execa("bash", ["-c", script, "test", library], { timeout: 30_000 });
    const pid = Number(stdout);
    onTestFinished(() => void process.kill(pid, "SIGKILL"));
    const folder = `/proc/${pid}/fd`;
    await expect
      .poll(() => readlink(`/proc/${pid}/exe`).then((path) => path.endsWith("/sleep")))
      .toBe(true);
    expect(await readdir(folder)).toEqual(["0", "1", "2"]);
  },
);
