import type { Command } from "commander";
import { run } from "../run.ts";
import { countIn } from "../whole-number.ts";
import type { ListOptions, RedriveOptions } from "./options.ts";

const environment = `
Reads SQS_QUEUE_URL, AWS_REGION and, for an emulator, SQS_ENDPOINT, as the services do.`;

/** The commands load the AWS SDK when they run. */
export function addDlq(program: Command): void {
  const dlq = program
    .command("dlq")
    .description(
      "Lists the messages that were received too often (the dead-letter queue), or sends them back.",
    );

  dlq
    .command("list")
    .summary("list the messages in the dead-letter queue")
    .description(
      "Lists the messages in the dead-letter queue of the queue at SQS_QUEUE_URL, and how Transpod " +
        "reads them. Removes nothing.",
    )
    .option("--limit <n>", "how many messages to list", countIn(), 100)
    .option("--json", "print the result as JSON")
    .addHelpText("after", `${environment}\n\nExample:\n  transpod dlq list --json`)
    .action(async (options: ListOptions) => {
      const { listCommand } = await import("./list-command.ts");
      await run(options, (terminal) => listCommand(options, terminal));
    });

  dlq
    .command("redrive")
    .summary("send messages of the dead-letter queue back to the queue")
    .description(
      "Sends messages of the dead-letter queue back to the queue at SQS_QUEUE_URL. Messages that " +
        "can't be read would only come back, so they are left. Safe to interrupt and to run again.",
    )
    .argument("[message-ids...]", "the messages to send back; the default is all")
    .option("--all", "also send messages that can't be read")
    .option("--json", "print the result as JSON")
    .addHelpText("after", `${environment}\n\nExample:\n  transpod dlq redrive`)
    .action(async (ids: string[], options: RedriveOptions) => {
      const { redriveCommand } = await import("./redrive-command.ts");
      await run(options, (terminal) => redriveCommand(ids, options, terminal));
    });
}
