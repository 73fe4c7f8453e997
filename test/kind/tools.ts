import { execa } from "execa";

/** What `make kind-up` creates. */
export const installation = {
  cluster: "transpod",
  context: "kind-transpod",
  namespace: "transpod",
  release: "transpod",
} as const;

const { context, namespace } = installation;

export interface ToolOptions {
  input?: string;
  /** Instead of the installation's own. */
  namespace?: string;
}

/** Resolves with its output; throws with its error output. */
export async function kubectl(args: readonly string[], options: ToolOptions = {}): Promise<string> {
  const where = ["--context", context, "--namespace", options.namespace ?? namespace];
  const { stdout } = await execa("kubectl", [...where, ...args], inputOf(options));
  return stdout;
}

export async function kubectlJson<T>(
  args: readonly string[],
  options: ToolOptions = {},
): Promise<T> {
  return JSON.parse(await kubectl([...args, "-o", "json"], options)) as T;
}

export async function helm(args: readonly string[], options: ToolOptions = {}): Promise<string> {
  const where = ["--kube-context", context, "--namespace", options.namespace ?? namespace];
  const { stdout } = await execa("helm", [...where, ...args], inputOf(options));
  return stdout;
}

/** Runs a command on the cluster's node, where containers are processes. */
export async function onNode(...command: string[]): Promise<string> {
  const node = `${installation.cluster}-control-plane`;
  const { stdout } = await execa("docker", ["exec", node, ...command]);
  return stdout;
}

function inputOf({ input }: ToolOptions) {
  return input === undefined ? { stdin: "ignore" as const } : { input };
}
