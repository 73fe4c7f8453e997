import type { ObjectCreated } from "@transpod/contract/s3-event.ts";
import type { Failure } from "@transpod/store/attempts.ts";

/** Why an upload is refused without a worker; undefined when it is accepted. */
export function refuseArrival(
  object: Pick<ObjectCreated, "size_bytes">,
  maxUploadBytes: number,
): Failure | undefined {
  if (object.size_bytes === 0) {
    return { code: "empty_file", detail: "The uploaded file is empty (0 bytes).", counted: true };
  }
  if (object.size_bytes > maxUploadBytes) {
    return {
      code: "too_large",
      detail: `The uploaded file has ${object.size_bytes} bytes; at most ${maxUploadBytes} are accepted.`,
      counted: true,
    };
  }
  return undefined;
}
