import { InvalidArgumentError, type Command } from "commander";
import { run } from "../run.ts";
import type { AuditOptions } from "./options.ts";

/** The command loads the AWS SDK when it runs. */
export function addAudit(program: Command): void {
  program
    .command("audit")
    .description(
      "Checks rules that must hold at any time, also after a crash: for each file its history, its " +
        "attempts, its upload, and its source and its result in the buckets; with --jobs also its Jobs. " +
        "Prints one sentence for each breach, and changes nothing. A warning is something that takes " +
        "too long or may still be in progress; the command does not fail for warnings alone.",
    )
    .option(
      "--settle <seconds>",
      "differences younger than this are not errors, since work may be in progress",
      secondsIn,
      300,
    )
    .option("--no-buckets", "do not check the buckets")
    .option(
      "--jobs <file>",
      "also check the Jobs in this output of kubectl get jobs -o json; - for standard input",
    )
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
