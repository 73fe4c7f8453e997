#!/usr/bin/env node
import { Command } from "commander";
import { addAudit } from "./audit/command.ts";
import { addAws } from "./aws/command.ts";
import { addDlq } from "./dlq/command.ts";
import { exitCodes } from "./exit.ts";
import { addMigrate } from "./migrate.ts";
import manifest from "./package.json" with { type: "json" };

const program = new Command("transpod")
  .description(
    "Sets up what Transpod needs (its database schema, its buckets and queues on AWS), and looks after it.",
  )
  .version(manifest.version)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : exitCodes.wrongUsage))
  .showHelpAfterError("(--help says more)")
  .addHelpText(
    "after",
    `
Exit codes: 0 done, 1 failed (the message says why and what to do), 2 wrong usage, 130 cancelled.`,
  );
addMigrate(program);
addAws(program);
addDlq(program);
addAudit(program);
await program.parseAsync();
// A connection that was given up half-way must not hold the process until its server lets go.
process.exit();
