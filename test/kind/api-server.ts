import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { installation, kubectl } from "./tools.ts";

/**
 * Asks the API server with this token, in a kubeconfig without other credentials: an administrator's
 * certificate would take precedence.
 */
export async function askWithToken(token: string, args: readonly string[]): Promise<string> {
  const { namespace } = installation;
  const config = JSON.parse(
    await kubectl(["config", "view", "--minify", "--raw", "-o", "json"]),
  ) as {
    users: { name: string; user: object }[];
  };
  const stripped = {
    ...config,
    users: config.users.map(({ name }) => ({ name, user: { token } })),
  };
  const folder = await mkdtemp(join(tmpdir(), "transpod-kubeconfig-"));
  try {
    const path = join(folder, "config");
    await writeFile(path, JSON.stringify(stripped), { mode: 0o600 });
    const { stdout } = await execa("kubectl", ["--kubeconfig", path, "-n", namespace, ...args]);
    return stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
