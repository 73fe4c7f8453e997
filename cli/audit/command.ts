import { InvalidArgumentError, type Command } from "commander";
import { run } from "../run.ts";

export interface AuditOptions {
  /** In seconds. */
  settle: number;
  buckets: boolean;
  json?: boolean;
}

/** The command loads the AWS SDK when it runs. */
export function addAudit(program: Command): void {
  program
    .command("audit")
    .summary("check that database and buckets agree with each other")
    .description(
      "Checks what must hold at any time, whoever died when: each file's history, its attempts, its " +
        "arrivals, its result and its source in the buckets. Says what is wrong in sentences, and changes " +
        "nothing. Warnings are of what takes too long, or may still be at work; they alone are no failure.",
    )
    .option("--settle <seconds>", "what is younger may be at work yet", secondsIn, 300)
    .option("--no-buckets", "look at the database alone")
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      `
Reads DATABASE_URL, S3_RAW_BUCKET, S3_PROCESSED_BUCKET, AWS_REGION, S3_ENDPOINT, MAX_RUNNING_JOBS,
HEARTBEAT_SECONDS and START_SECONDS, as the services do. Listing the buckets needs s3:ListBucketVersions.

Example:
  transpod audit --json`,
    )
    .action(async (options: AuditOptions) => {
      const { auditCommand } = await import("./audit-command.ts");
      await run(options, (terminal) => auditCommand(options, terminal));
    });
}

function secondsIn(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("Give a whole number of seconds.");
  return Number(text);
}
