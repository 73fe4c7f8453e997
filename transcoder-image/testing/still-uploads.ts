import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import type { StillsResponse } from "@transpod/contract/work-protocol.ts";

/** The stills that a worker uploads to a WorkServer. */
export class StillUploads {
  /** By name, such as `0-original`. */
  readonly received = new Map<string, Buffer>();

  sign(serverUrl: string, pairs: number): StillsResponse {
    const sign = (name: string) => `${serverUrl}/still?name=${name}`;
    return {
      poster: sign("poster"),
      pairs: Array.from({ length: pairs }, (_, pair) => ({
        original: sign(`${pair}-original`),
        processed: sign(`${pair}-processed`),
      })),
    };
  }

  async take(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    this.received.set(url.searchParams.get("name") ?? "", body);
    response.writeHead(200, { etag: '"still"' }).end();
  }
}
