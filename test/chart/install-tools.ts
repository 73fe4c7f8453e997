import { fileURLToPath } from "node:url";
import { execa } from "execa";

const chartTools = fileURLToPath(new URL("../../scripts/chart-tools", import.meta.url));

/** Helm itself must be on the PATH: scripts/cluster-tools. */
export async function setup(): Promise<void> {
  await execa(chartTools, { stdio: "inherit" });
}
