import { setTimeout as delay } from "node:timers/promises";
import { uploadResponse } from "@transpod/contract/public-api.ts";
import type { TranscodeSettings } from "@transpod/contract/transcode-settings.ts";

export interface SubmitOptions {
  apiUrl: string;
  fileName: string;
  settings: Partial<TranscodeSettings>;
  bytes: Buffer<ArrayBuffer>;
  /** Whether the URL is used a second time, with other bytes. */
  twice: boolean;
  signal: AbortSignal;
}

/** Announces a file and uploads it, with retries while the API is down. Resolves with its id. */
export async function submit(options: SubmitOptions): Promise<string> {
  const { apiUrl, fileName, settings, bytes, twice, signal } = options;
  const announced = await retryUntilAnswered(signal, () =>
    fetch(`${apiUrl}/upload`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ file_name: fileName, settings }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]),
    }),
  );
  const { file_id, upload_url } = uploadResponse.parse(await announced.json());
  const put = (body: Buffer<ArrayBuffer>) =>
    retryUntilAnswered(signal, () => fetch(upload_url ?? "", { method: "PUT", body, signal }));
  await put(bytes);
  if (twice) await put(Buffer.concat([bytes, Buffer.from("again")]));
  return file_id;
}

/** A request that is refused permanently is a bug of the storm, and ends it. */
async function retryUntilAnswered(
  signal: AbortSignal,
  ask: () => Promise<Response>,
): Promise<Response> {
  for (;;) {
    const response = await ask().catch(() => undefined);
    if (response?.ok === true) return response;
    if (response !== undefined && response.status < 500) {
      throw new Error(`It was refused with ${response.status}: ${await response.text()}`);
    }
    signal.throwIfAborted();
    await delay(200);
  }
}
