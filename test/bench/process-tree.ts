import { readdir, readFile } from "node:fs/promises";

/** Of /proc/PID/stat; Linux reports to programs in hundredths of a second on every architecture. */
const ticksPerSecond = 100;
const pageBytes = 4096;

export interface ProcessUse {
  /** User and system time so far, also of children that have ended. */
  cpuSeconds: number;
  /** Resident memory. */
  rssBytes: number;
}

/** What a process and all its descendants use. Only on Linux: it reads /proc. */
export async function useOf(root: number): Promise<ProcessUse> {
  const processes = await readProcesses();
  const wanted = new Set([root]);
  // A child may have a smaller number than its parent, so until nothing is added.
  for (let before = 0; before !== wanted.size;) {
    before = wanted.size;
    for (const { pid, parent } of processes) if (wanted.has(parent)) wanted.add(pid);
  }
  const use: ProcessUse = { cpuSeconds: 0, rssBytes: 0 };
  for (const { pid, cpuSeconds, rssBytes } of processes) {
    if (!wanted.has(pid)) continue;
    use.cpuSeconds += cpuSeconds;
    use.rssBytes += rssBytes;
  }
  return use;
}

/** CPU seconds of a process's children that have ended. Only on Linux. */
export async function cpuSecondsOfEnded(pid: number): Promise<number> {
  return parseStat(await readFile(`/proc/${pid}/stat`, "utf8")).endedSeconds;
}

async function readProcesses() {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  // A process may end while the others are read.
  const stats = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined)),
  );
  return stats.flatMap((stat) => (stat === undefined ? [] : [parseStat(stat)]));
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html; the name, in parentheses, may have spaces. */
function parseStat(stat: string) {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const number = (field: number) => Number(fields[field - 3]);
  const endedSeconds = (number(16) + number(17)) / ticksPerSecond;
  return {
    pid: Number.parseInt(stat, 10),
    parent: number(4),
    cpuSeconds: (number(14) + number(15)) / ticksPerSecond + endedSeconds,
    endedSeconds,
    rssBytes: number(24) * pageBytes,
  };
}
