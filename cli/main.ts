#!/usr/bin/env node
import { addAudit } from "./audit/command.ts";
import { addAws } from "./aws/command.ts";
import { addDlq } from "./dlq/command.ts";
import { addKeys } from "./keys/command.ts";
import { addMigrate } from "./migrate.ts";
import { createProgram, runProgram } from "./program.ts";

const program = createProgram(
  "transpod",
  "Sets up and checks what Transpod needs: its database schema, its API keys, its buckets and queues on AWS.",
);
addMigrate(program);
addKeys(program.command("keys"));
addAws(program);
addDlq(program);
addAudit(program);
await runProgram(program);
