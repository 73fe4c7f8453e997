import type { TranspodClient } from "@transpod/client/client.ts";
import { TranspodError } from "@transpod/contract/errors.ts";
import type { Terminal } from "../terminal.ts";
import { findFiles } from "./find-files.ts";

/**
 * Changes each of the files and prints what became of it. One that can't be changed does not keep the others from
 * it; throws at the end when there was one.
 */
export async function changeEach(
  client: TranspodClient,
  words: string[],
  terminal: Terminal,
  change: (fileId: string) => Promise<string>,
): Promise<void> {
  const ids = await findFiles(client, words);
  const changed: string[] = [];
  const lines: string[] = [];
  for (const id of ids) {
    try {
      lines.push(await change(id));
      changed.push(id);
    } catch (error) {
      if (!(error instanceof TranspodError)) throw error;
      terminal.say(`${id}: ${error.message}`);
    }
  }
  if (lines.length > 0) terminal.result(lines, { file_ids: changed });
  if (changed.length < ids.length) {
    const count = ids.length - changed.length;
    throw new TranspodError("not_all_changed", `${count} of ${ids.length} could not be changed.`);
  }
}
