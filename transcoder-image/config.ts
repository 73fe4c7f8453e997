import { availableParallelism, hostname, tmpdir } from "node:os";
import { z } from "zod";
import { logLevel, readEnvironment } from "@transpod/runtime/environment.ts";

const environment = z
  .object({
    WORK_URL: z.url({ protocol: /^https?$/ }),
    WORK_TOKEN: z.string().optional(),
    WORK_TOKEN_FILE: z.string().optional(),
    WORKER: z.string().max(253).default(hostname()),
    SCRATCH_DIR: z.string().default(tmpdir()),
    CPU_LIMIT: z.coerce.number().positive().optional(),
    STALL_SECONDS: z.coerce.number().positive().default(60),
    LOG_LEVEL: logLevel,
  })
  .refine((env) => (env.WORK_TOKEN === undefined) !== (env.WORK_TOKEN_FILE === undefined), {
    error: "Set one of WORK_TOKEN and WORK_TOKEN_FILE.",
    path: ["WORK_TOKEN"],
    // Without this, zod says nothing about the token while another variable is wrong.
    when: () => true,
  });

export interface Config {
  /** Base URL of the controller's work port. */
  readonly workUrl: string;
  readonly token: { readonly value: string } | { readonly file: string };
  /** The name under which this worker claims. */
  readonly worker: string;
  readonly scratchDir: string;
  /** Threads that ffmpeg may use. */
  readonly cpus: number;
  /** ffmpeg is given up after this many seconds without progress. */
  readonly stallSeconds: number;
  readonly logLevel: z.infer<typeof logLevel>;
}

/** Throws a `ConfigError` that names every fault at once. An empty variable counts as unset. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const read = readEnvironment(environment, env);
  return Object.freeze({
    workUrl: read.WORK_URL.replace(/\/+$/, ""),
    token:
      read.WORK_TOKEN === undefined
        ? { file: read.WORK_TOKEN_FILE ?? "" }
        : { value: read.WORK_TOKEN },
    worker: read.WORKER,
    scratchDir: read.SCRATCH_DIR,
    // Node's own count already respects a cgroup's quota.
    cpus: Math.ceil(read.CPU_LIMIT ?? availableParallelism()),
    stallSeconds: read.STALL_SECONDS,
    logLevel: read.LOG_LEVEL,
  });
}
