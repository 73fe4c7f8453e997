import { execa } from "execa";

interface Process {
  pid: number;
  parent: number;
  megabytes: number;
  command: string;
}

const everyMs = 250;

/** Watches all descendants of this process, and records the peak memory of each kind. */
export function watchMemory(kinds: Readonly<Record<string, RegExp>>) {
  const peaks: Record<string, number> = {};
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, everyMs);

  async function look(): Promise<void> {
    for (const { command, megabytes } of descendants(await processes())) {
      const kind = Object.keys(kinds).find((name) => kinds[name]!.test(command));
      if (kind !== undefined) peaks[kind] = Math.max(peaks[kind] ?? 0, megabytes);
    }
  }

  return {
    /** In MB. */
    async end(): Promise<Record<string, number>> {
      clearInterval(timer);
      await looking;
      return peaks;
    },
  };
}

async function processes(): Promise<Process[]> {
  const { stdout } = await execa("ps", ["-A", "-o", "pid=,ppid=,rss=,args="]);
  return stdout.split("\n").flatMap((line) => {
    const [, pid, parent, kibibytes, command = ""] =
      /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    // The supervisor of a child has the child's name among its arguments.
    if (pid === undefined || command.includes("supervisor.ts")) {
      return pid === undefined ? [] : [processOf(pid, parent, "0", "")];
    }
    return [processOf(pid, parent, kibibytes, command)];
  });
}

function processOf(pid: string, parent = "", kibibytes = "", command = ""): Process {
  const megabytes = Math.round((Number(kibibytes) * 1024) / 1e6);
  return { pid: Number(pid), parent: Number(parent), megabytes, command };
}

function descendants(all: readonly Process[], pid = process.pid): Process[] {
  const children = all.filter(({ parent }) => parent === pid);
  return children.flatMap((child) => [child, ...descendants(all, child.pid)]);
}
