import type { Entry } from "@transpod/contract/explain-api.ts";
import { entry } from "./entries.ts";
import type { Story } from "./story.ts";

/** What of a file is no longer kept. Pure. */
export function tellDeletions({ file }: Story): Entry[] {
  const { state, delete_original, original_deleted_at, result_deleted_at } = file;
  const entries: Entry[] = [];
  if (original_deleted_at !== null) {
    const why =
      delete_original && state === "completed"
        ? "as was asked for at its upload"
        : "because originals are kept no longer";
    entries.push(entry(original_deleted_at, "upload", `The original was deleted, ${why}.`));
  }
  if (result_deleted_at !== null) {
    const text = "The result was deleted, because results are kept no longer.";
    entries.push(entry(result_deleted_at, "result", text));
  }
  return entries;
}
