import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import getPort from "get-port";
import { z } from "zod";
import type { DataDir } from "./data-dir.ts";

const portsSchema = z.record(z.string(), z.int().min(1).max(65_535));

/**
 * A free port of 127.0.0.1 for each name, the same as last time where it is still free: presigned URLs
 * carry the port of S3 and should survive a restart. Keep the lock of the folder while calling.
 */
export async function choosePorts<Name extends string>(
  dataDir: Pick<DataDir, "path">,
  names: readonly Name[],
): Promise<Record<Name, number>> {
  const file = join(dataDir.path, "ports.json");
  const remembered = await readPorts(file);
  const chosen: Record<string, number> = {};
  for (const name of names) {
    const preferred = remembered[name];
    chosen[name] = await getPort({ host: "127.0.0.1", ...(preferred && { port: preferred }) });
  }
  await writeFile(`${file}.new`, JSON.stringify({ ...remembered, ...chosen }));
  await rename(`${file}.new`, file);
  return chosen;
}

/** Without a valid file, new ports are chosen. */
async function readPorts(file: string): Promise<Record<string, number>> {
  try {
    return portsSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return {};
  }
}
