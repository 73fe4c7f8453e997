import { startApi } from "@transpod/api/api.ts";
import { readApiConfig } from "@transpod/api/config.ts";
import type { FileStatus, UploadResponse } from "@transpod/contract/public-api.ts";
import { createLogger } from "@transpod/runtime/logger.ts";
import { freshAws, freshDatabase, type TestAws, type TestDatabase } from "./harness.ts";
import { describedBy } from "./openapi-conformance.ts";

export interface Answer<T> {
  status: number;
  headers: Headers;
  /** Parsed when it is JSON, else text. */
  body: T;
}

type Json = Record<string, unknown>;

/**
 * The real API on a free port, with a database, buckets and a queue of its own, or those of a test
 * controller.
 */
export async function startTestApi(
  environment: Record<string, string> = {},
  shared?: { database: TestDatabase; aws: TestAws },
) {
  const { database, aws } = shared ?? { database: await freshDatabase(), aws: await freshAws() };
  const logLines: string[] = [];
  const config = readApiConfig({
    PORT: "0",
    HOST: "127.0.0.1",
    DATABASE_URL: database.url,
    AWS_REGION: aws.region,
    S3_ENDPOINT: aws.endpoint,
    SQS_ENDPOINT: aws.endpoint,
    SQS_QUEUE_URL: aws.queueUrl,
    S3_RAW_BUCKET: aws.rawBucket,
    S3_PROCESSED_BUCKET: aws.processedBucket,
    AUTH: "off",
    RATE_LIMIT_PER_MINUTE: "0",
    ...environment,
  });
  const expectDescribed = describedBy(config.settings);
  const log = createLogger({
    service: "api",
    level: config.logLevel,
    destination: { write: (line) => void logLines.push(line) },
  });
  const api = await startApi(config, { log });
  const url = `http://127.0.0.1:${api.port}`;

  /** Every answer must be one that the OpenAPI document describes. */
  async function request<T = Json>(path: string, init: RequestInit = {}): Promise<Answer<T>> {
    const response = await fetch(`${url}${path}`, init);
    const type = response.headers.get("content-type")?.split(";")[0] ?? "";
    const text = await response.text();
    const body: unknown = type.endsWith("json") ? JSON.parse(text) : text;
    const { status, headers } = response;
    expectDescribed(init.method ?? "GET", new URL(response.url).pathname, { status, type, body });
    return { status, headers, body: body as T };
  }

  return {
    url,
    database,
    aws,
    /** What the API logged, one JSON object each. */
    logged: () => logLines.map((line) => JSON.parse(line) as Json),
    request,
    get: request,
    post: <T = Json>(path: string, body: unknown) =>
      request<T>(path, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      }),
    /** Announces a file; throws when that is refused or returns no URL. */
    async announce(fields: Json = {}): Promise<UploadResponse & { upload_url: string }> {
      const answer = await this.post<UploadResponse>("/upload", {
        file_name: "holiday.mov",
        ...fields,
      });
      const { upload_url } = answer.body;
      if (typeof upload_url !== "string") throw new Error(JSON.stringify(answer.body));
      return { ...answer.body, upload_url };
    },
    async status(fileId: string): Promise<FileStatus> {
      return (await request<FileStatus>(`/upload/${fileId}/status`)).body;
    },
    async stop() {
      await api.stop();
      if (shared === undefined) await database.drop();
    },
  };
}

export type TestApi = Awaited<ReturnType<typeof startTestApi>>;
