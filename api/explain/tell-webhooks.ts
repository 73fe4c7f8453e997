import type { Entry } from "@transpod/contract/explain-api.ts";
import type { ReceiverRow } from "@transpod/store/story.ts";
import { entry } from "./entries.ts";
import type { Story } from "./story.ts";

/** What receivers were told. Only the host of a URL is named: the rest may hold a secret. Pure. */
export function tellWebhooks({ receivers }: Story): Entry[] {
  return receivers.map((receiver) =>
    entry(receiver.last_at, "webhook", textOf(receiver), {
      tone: receiver.failed > 0 ? "bad" : "plain",
    }),
  );
}

function textOf({ url, delivered, failed, pending, ...last }: ReceiverRow): string {
  const counts = [
    delivered > 0 && `${delivered} delivered`,
    failed > 0 && `${failed} failed`,
    pending > 0 && `${pending} not delivered yet`,
  ].filter((part) => part !== false);
  const { last_http_status: status, last_error: error } = last;
  const answer = status === null ? "" : ` The last answer was ${status}.`;
  const why = error === null ? "" : ` ${error}`;
  return `Events for the webhook at ${new URL(url).host}: ${counts.join(", ")}.${answer}${why}`;
}
