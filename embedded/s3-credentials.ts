import { randomBytes } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AwsCredentials } from "@transpod/runtime/aws.ts";
import type { DataDir } from "./data-dir.ts";

/**
 * The credentials that the emulator accepts. They are random, because otherwise any web page in this
 * user's browser could sign requests to it, and stay the same after a restart, so that presigned URLs
 * stay valid.
 */
export async function s3Credentials({ path }: Pick<DataDir, "path">): Promise<AwsCredentials> {
  const file = join(path, "s3-secret");
  const kept = await readFile(file, "utf8").catch(() => "");
  if (kept !== "") return { accessKeyId: "transpod", secretAccessKey: kept };
  const secretAccessKey = randomBytes(24).toString("hex");
  await writeFile(`${file}.new`, secretAccessKey, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return { accessKeyId: "transpod", secretAccessKey };
}
