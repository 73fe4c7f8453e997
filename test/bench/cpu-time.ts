import { readdir, readFile } from "node:fs/promises";

/** /proc counts in hundredths of a second (proc_pid_stat(5): USER_HZ). */
const ticksPerSecond = 100;

interface CpuTime {
  parent: number;
  /** CPU seconds of the process itself. */
  own: number;
  /** CPU seconds of its children that have ended, and of theirs. */
  ended: number;
}

/** CPU seconds of a process's ended children. Only on Linux; rejects elsewhere. */
export async function cpuSecondsOfEnded(pid: number): Promise<number> {
  return parseStat(await readFile(`/proc/${pid}/stat`, "utf8")).ended;
}

/** CPU seconds of a process and all its descendants, also of those that have ended. Only on Linux; rejects elsewhere. */
export async function cpuSecondsOfTree(root: number): Promise<number> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const times = new Map<number, CpuTime>();
  await Promise.all(
    pids.map(async (pid) => {
      // A process may end while we read.
      const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
      if (stat !== null) times.set(pid, parseStat(stat));
    }),
  );
  return sumOfTree(times, root);
}

function sumOfTree(times: ReadonlyMap<number, CpuTime>, root: number): number {
  const { own, ended } = times.get(root) ?? { own: 0, ended: 0 };
  const children = [...times].filter(([, { parent }]) => parent === root);
  return children.reduce((sum, [pid]) => sum + sumOfTree(times, pid), own + ended);
}

/** Fields as in proc_pid_stat(5); the name before them is in parentheses and may hold spaces. Pure. */
export function parseStat(text: string): CpuTime {
  const fields = text
    .slice(text.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number);
  // Numbered from 1 there, and the third field is the first one here.
  const field = (number: number) => fields[number - 3] ?? Number.NaN;
  return {
    parent: field(4),
    own: (field(14) + field(15)) / ticksPerSecond,
    ended: (field(16) + field(17)) / ticksPerSecond,
  };
}
