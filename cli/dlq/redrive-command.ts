import { TranspodError } from "@transpod/contract/errors.ts";
import type { Terminal } from "../terminal.ts";
import { withDeadLetters } from "./dead-letters.ts";
import type { RedriveOptions } from "./options.ts";

/**
 * One by one, not with SQS' own message move task: that moves all messages, also unreadable ones, and
 * does not report them one by one.
 */
export async function redriveCommand(
  ids: readonly string[],
  { all = false }: RedriveOptions,
  terminal: Terminal,
): Promise<void> {
  const [sent, left, missing] = [[] as string[], [] as string[], new Set(ids)];
  await withDeadLetters(({ visit }) =>
    visit(Infinity, ({ message_id, poison }) => {
      const chosen = missing.delete(message_id) || ids.length === 0;
      if (!chosen) return false;
      const take = all || !poison;
      (take ? sent : left).push(message_id);
      terminal.status(`Sent ${sent.length}, left ${left.length}`);
      return take;
    }),
  );
  terminal.result(
    [
      `Sent ${sent.length} back to the queue.`,
      ...(left.length === 0
        ? []
        : [
            `Left ${left.length} that can't be read and would only come back. --all sends them too.`,
          ]),
    ],
    { sent, left, missing: [...missing] },
  );
  if (missing.size > 0) throw notThere([...missing]);
}

function notThere(ids: string[]): TranspodError {
  const list = ids.join(", ");
  return new TranspodError(
    "no_such_message",
    `Not in the dead-letter queue, or hidden for up to two minutes: ${list}. "transpod dlq list" shows what is.`,
  );
}
