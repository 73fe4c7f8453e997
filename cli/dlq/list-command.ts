import { asColumns } from "../columns.ts";
import type { Terminal } from "../terminal.ts";
import { withDeadLetters, type DeadLetter } from "./dead-letters.ts";
import type { ListOptions } from "./options.ts";

export async function listCommand({ limit }: ListOptions, terminal: Terminal): Promise<void> {
  await withDeadLetters(async ({ queueUrl, deadLetterQueueUrl, count, visit }) => {
    const messages: DeadLetter[] = [];
    const total = await count();
    await visit(limit, (letter) => {
      messages.push(letter);
      return false;
    });
    const sample = messages.length < total;
    terminal.result([titleOf(messages.length, total), ...asColumns(messages.map(rowOf))], {
      queue_url: queueUrl,
      dead_letter_queue_url: deadLetterQueueUrl,
      total,
      sample,
      messages,
    });
  });
}

function titleOf(shown: number, total: number): string {
  if (shown === 0) return "The dead-letter queue is empty.";
  return shown < total
    ? `A sample: ${shown} of about ${total} messages in the dead-letter queue.`
    : `${shown} ${shown === 1 ? "message" : "messages"} in the dead-letter queue:`;
}

function rowOf({ message_id, age_seconds, receive_count, says }: DeadLetter): string[] {
  return [message_id, ageOf(age_seconds), `received ${receive_count} times`, says];
}

function ageOf(seconds: number): string {
  if (seconds < 120) return `${seconds} s old`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min old`;
  return seconds < 172_800
    ? `${Math.round(seconds / 3_600)} h old`
    : `${Math.round(seconds / 86_400)} days old`;
}
