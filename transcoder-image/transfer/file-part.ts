import { createReadStream } from "node:fs";
import type { Part } from "@transpod/contract/part-layout.ts";

/**
 * A PUT of a part of a file, which is read while it is sent. Not as a Blob: Node's are wrong for files
 * of more than 2 GiB, https://github.com/nodejs/node/issues/52585
 */
export function putOfPart(path: string, { start, end }: Part): RequestInit {
  return {
    method: "PUT",
    headers: { "Content-Length": String(end - start) },
    body: createReadStream(path, { start, end: end - 1 }),
    duplex: "half",
  };
}
