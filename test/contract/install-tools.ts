import { fileURLToPath } from "node:url";
import { execa } from "execa";

const contractTools = fileURLToPath(new URL("../../scripts/contract-tools", import.meta.url));

export async function setup(): Promise<void> {
  await execa(contractTools, { stdio: "inherit" });
}
