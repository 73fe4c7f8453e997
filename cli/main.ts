#!/usr/bin/env node
import { addAws } from "./aws/command.ts";
import { addKeys } from "./keys/command.ts";
import { addMigrate } from "./migrate.ts";
import { createProgram, runProgram } from "./program.ts";

const program = createProgram(
  "transpod",
  "Sets up what Transpod needs: its database schema, its API keys, its buckets and queues on AWS.",
);
addMigrate(program);
addKeys(program.command("keys"));
addAws(program);
await runProgram(program);
