import { readConfig } from "@transpod/transcoder-image/config.ts";
import { WorkClient } from "@transpod/transcoder-image/work/work-client.ts";
import { noopAttempt } from "./noop-attempt.ts";

/** A worker that transcodes nothing, for tests of everything around a worker. */
const config = readConfig(process.env);
const { signal } = new AbortController();
process.exit(await noopAttempt(new WorkClient(config), config, signal));
