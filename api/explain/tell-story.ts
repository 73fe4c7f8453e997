import type { Explanation } from "@transpod/contract/explain-api.ts";
import { inOrder } from "./entries.ts";
import type { Story } from "./story.ts";
import { tellAttempt } from "./tell-attempt.ts";
import { tellCommands } from "./tell-commands.ts";
import { tellDeletions } from "./tell-deletions.ts";
import { tellNow } from "./tell-now.ts";
import { tellUpload } from "./tell-upload.ts";
import { tellWebhooks } from "./tell-webhooks.ts";
import { whatNext } from "./what-next.ts";

/** What happened to a file and why, what holds now, and what comes next. Pure. */
export function tellStory(story: Story): Explanation {
  const { file_id, file_name } = story.file;
  const entries = inOrder([
    ...tellUpload(story),
    ...story.attempts.flatMap((row) => tellAttempt(story, row)),
    ...tellCommands(story),
    ...tellDeletions(story),
    ...tellWebhooks(story),
    ...tellNow(story),
  ]);
  return { file_id, file_name, entries, next: whatNext(story) };
}
