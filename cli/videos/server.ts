import { Option, type Command } from "commander";
import { TranspodClient } from "@transpod/client/client.ts";

export interface ServerOptions {
  url: string;
  apiKey?: string;
}

/** Adds the options that say which Transpod to talk to. */
export function withServer(command: Command): Command {
  return command
    .addOption(
      new Option("--url <url>", "address of Transpod's API")
        .env("TRANSPOD_URL")
        .default("http://127.0.0.1:8000"),
    )
    .addOption(
      // An argument is seen by every user of the machine: only the environment.
      new Option("--api-key <key>").env("TRANSPOD_API_KEY").hideHelp(),
    );
}

export function connect({ url, apiKey }: ServerOptions): TranspodClient {
  return new TranspodClient(url, apiKey === "" ? undefined : apiKey);
}
