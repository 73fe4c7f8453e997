import { execa } from "execa";

/** Runs a docker command and resolves with what it prints. */
export async function docker(args: readonly string[]): Promise<string> {
  const { stdout } = await execa("docker", args);
  return stdout;
}

/** Whose processes a container runs, from what `docker top ... -eo uid,...` prints. */
export function usersIn(top: string): Set<number> {
  const lines = top.split("\n").slice(1);
  return new Set(lines.map((line) => Number.parseInt(line, 10)));
}

/** A container as a cluster runs it: no root, no capabilities, nothing to write to but a scratch folder. */
export const restricted = [
  ...["--user", "10001:10001", "--read-only", "--tmpfs", "/scratch:mode=1777"],
  ...["--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
];

/** The name of this machine inside a container, and the options that make it known there. */
export const hostName = "host.docker.internal";
export const addHostOption = ["--add-host", `${hostName}:host-gateway`];

interface OneShot {
  network?: string;
  environment?: Record<string, string>;
  entrypoint?: string;
}

/** Runs a container to its end and resolves with its standard output. */
export async function runOnce(
  image: string,
  args: readonly string[],
  { network = "none", environment = {}, entrypoint }: OneShot = {},
): Promise<string> {
  return await docker([
    ...["run", "--rm", ...restricted, "--network", network],
    ...(entrypoint === undefined ? [] : ["--entrypoint", entrypoint]),
    ...Object.entries(environment).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    ...[image, ...args],
  ]);
}
