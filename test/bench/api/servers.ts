import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { fastapiHome } from "./fastapi/home.ts";
import type { ServerOptions } from "./server-process.ts";

/** The three peers answer the same requests from the same tables, with the same JSON. */
export const contenders = ["transpod", "transpod, AUTH=on", "express", "fastapi"] as const;
export type Contender = (typeof contenders)[number];

const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const uvicorn = [
  ...[join(fastapiHome, "bin", "uvicorn"), "--app-dir", pathOf("fastapi"), "app:app"],
  ...["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"],
];

/** The command of each, in its settings for production, but without a limit of requests. */
export function serverOptions(
  name: Contender,
  { databaseUrl, folder }: { databaseUrl: string; folder: string },
): ServerOptions {
  const environment = { ...production, DATABASE_URL: databaseUrl };
  const node = (...args: string[]) => [process.execPath, ...args] as const;
  const options = { name, folder, environment };
  switch (name) {
    case "transpod":
      return {
        ...options,
        command: node(pathOf("../../../api/main.ts")),
        environment: { ...environment, AUTH: "off" },
      };
    case "transpod, AUTH=on":
      return { ...options, command: node(pathOf("../../../api/main.ts")) };
    case "express":
      return { ...options, command: node(pathOf("express.ts")) };
    case "fastapi":
      return { ...options, command: ["sh", "-c", `exec "$@" --port "$PORT"`, "sh", ...uvicorn] };
  }
}

/** As on AWS. Nothing is sent there: URLs are signed on the machine. */
const production = {
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
  AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  S3_RAW_BUCKET: "transpod-raw",
  S3_PROCESSED_BUCKET: "transpod-processed",
  SQS_QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/1/uploads",
  RATE_LIMIT_PER_MINUTE: "0",
};
