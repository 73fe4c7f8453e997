#!/usr/bin/env node
import { addCommands } from "./commands.ts";
import { createProgram, runProgram } from "./program.ts";

const program = createProgram(
  "transpod",
  "Transcodes videos with Transpod, and sets up and checks what Transpod needs.",
).addHelpText(
  "after",
  `
Environment:
  TRANSPOD_URL         address of Transpod's API; the default is http://127.0.0.1:8000
  TRANSPOD_API_KEY     API key, where Transpod asks for one
  NO_COLOR             no colours

Examples:
  transpod put *.mov --watch -o out/
  transpod ls --status failed
  transpod explain holiday.mov`,
);
await addCommands(program, process.argv[2]);
await runProgram(program);
