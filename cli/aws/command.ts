import { InvalidArgumentError, Option, type Command } from "commander";
import { TranspodError } from "@transpod/contract/errors.ts";
import { run } from "../run.ts";
import { namesFor } from "./names.ts";
import type { DestroyOptions, InitOptions } from "./options.ts";

/** The commands load the AWS SDK when they run, so that `transpod migrate` and `--help` need not. */
export function addAws(program: Command): void {
  const aws = program
    .command("aws")
    .description("Creates or deletes the buckets, queues and IAM policies of one installation.");

  withAwsOptions(aws.command("init"))
    .summary("create the buckets, queues and policies of an installation")
    .description(
      "Creates what an installation of Transpod needs on AWS: the buckets transpod-raw-SUFFIX and " +
        "transpod-processed-SUFFIX, the queue transpod-SUFFIX with its dead-letter queue, and the IAM " +
        "policies transpod-api-SUFFIX and transpod-controller-SUFFIX. Safe to interrupt and to run " +
        "again: it changes what differs, and keeps what others set on the same buckets and queues.",
    )
    .option(
      "--cors-origin <origin>",
      "origin of a web page that may upload and download; may be repeated; the default is any origin",
      originIn,
    )
    .option("--values <file>", "write a values file for Helm")
    .option("--env <file>", "write the services' environment variables, as in .env.aws.template")
    .option("--cluster-endpoint <url>", "where pods reach the emulator", urlIn)
    .option("--force", "replace files that another program wrote, or that were edited")
    .addHelpText(
      "after",
      `
Examples:
  transpod aws init prod --values values.aws.yaml
  transpod aws init dev --endpoint http://localhost:4566 \\
    --cluster-endpoint http://ministack.transpod-dev.svc:4566 --values values.dev.yaml`,
    )
    .action(async (suffix: string, options: InitOptions) => {
      const { initCommand } = await import("./init-command.ts");
      await run(options, (terminal) => initCommand(suffix, options, terminal));
    });

  withAwsOptions(aws.command("destroy"))
    .summary("delete the buckets, queues and policies of an installation, videos included")
    .description(
      'Deletes what "transpod aws init SUFFIX" created, with every video in it. Asks for confirmation ' +
        "first. Deletes nothing without the tag transpod:suffix=SUFFIX, and no attached policy. Safe to " +
        "interrupt and to run again.",
    )
    .option("--yes", "don't ask for confirmation")
    .addHelpText(
      "after",
      `
Example:
  transpod aws destroy prod`,
    )
    .action(async (suffix: string, options: DestroyOptions) => {
      const { destroyCommand } = await import("./destroy-command.ts");
      await run(options, (terminal) => destroyCommand(suffix, options, terminal));
    });
}

function withAwsOptions(command: Command): Command {
  return command
    .argument("<suffix>", "the end of all names, for example prod", suffixIn)
    .option(
      "--region <region>",
      "AWS region; the default is AWS_REGION or the region of the profile",
    )
    .option("--account <id>", "stop if the credentials belong to another account")
    .addOption(
      new Option("--endpoint <url>", "an emulator instead of AWS; its region is us-east-1")
        .env("AWS_ENDPOINT_URL")
        .argParser(urlIn),
    )
    .option("--policies", "include the IAM policies, also in an emulator")
    .option("--no-policies", "without the IAM policies")
    .option("--json", "print the result as JSON");
}

function suffixIn(text: string): string {
  try {
    return namesFor(text).suffix;
  } catch (error) {
    if (error instanceof TranspodError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}

function urlIn(text: string): string {
  if (!/^https?:/.test(text) || !URL.canParse(text)) {
    throw new InvalidArgumentError("Give a URL, for example http://localhost:4566");
  }
  return text.replace(/\/+$/, "");
}

function originIn(text: string, before: string[] = []): string[] {
  if (text !== "*" && !(URL.canParse(text) && new URL(text).origin === text)) {
    throw new InvalidArgumentError(
      "Give an origin, which has only scheme, host and port: https://video.example.com",
    );
  }
  return [...before, text];
}
