import { createProgram, runProgram } from "../program.ts";
import { addKeys } from "./command.ts";

// Only `transpod keys`, for the API's image: its pods have DATABASE_URL and can reach the database.
await runProgram(addKeys(createProgram("keys", "")));
