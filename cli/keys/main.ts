import { createProgram, runProgram } from "../program.ts";
import { addKeys } from "./command.ts";

// `transpod keys` alone, for the API's image: its pods have what the command needs, DATABASE_URL and a
// way to the database.
await runProgram(addKeys(createProgram("keys", "")));
