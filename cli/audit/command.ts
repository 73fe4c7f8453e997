import { InvalidArgumentError, type Command } from "commander";
import { run } from "../run.ts";
import type { AuditOptions } from "./options.ts";

/** The command loads the AWS SDK when it runs. */
export function addAudit(program: Command): void {
  program
    .command("audit")
    .summary("check that database, buckets and Jobs agree with each other")
    .description(
      "Checks what must hold at any time, whoever died when: each file's history, its attempts, its " +
        "arrivals, its result and its source in the buckets; with --jobs its Jobs. Says what is wrong in sentences, and " +
        "changes nothing. Warnings are of what takes too long, or may still be at work; they alone are no failure.",
    )
    .option("--settle <seconds>", "what is younger may be at work yet", secondsIn, 300)
    .option("--no-buckets", "do not look at the buckets")
    .option("--jobs <file>", "look at the Jobs that kubectl printed as JSON; - for standard input")
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      `
Reads DATABASE_URL, S3_RAW_BUCKET, S3_PROCESSED_BUCKET, AWS_REGION, S3_ENDPOINT, MAX_RUNNING_JOBS,
HEARTBEAT_SECONDS and START_SECONDS, as the services do. Listing the buckets needs s3:ListBucketVersions.

Examples:
  transpod audit --json
  kubectl get jobs -n transpod -l app.kubernetes.io/instance=transpod -o json | transpod audit --jobs -`,
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
