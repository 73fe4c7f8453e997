import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { z } from "zod";
import { schemathesisHome } from "./schemathesis/home.ts";

/** What Schemathesis writes of each scenario, as far as it is read here. */
const reportLine = z.object({
  ScenarioFinished: z
    .object({
      recorder: z.object({
        cases: z
          .record(
            z.string(),
            z.object({ value: z.object({ method: z.string(), path: z.string() }) }),
          )
          .default({}),
        interactions: z
          .record(z.string(), z.object({ response: z.object({ status_code: z.int() }).nullish() }))
          .default({}),
      }),
    })
    .optional(),
});

export interface FuzzOptions {
  /** Where its report goes. */
  folder: string;
  completedFile: string;
  args: readonly string[];
}

export interface FuzzedRequest {
  /** `POST /upload/{file_id}/retry` */
  operation: string;
  /** Undefined when there was no answer. */
  status: number | undefined;
}

export interface FuzzRun {
  requests: FuzzedRequest[];
  seconds: number;
  passed: boolean;
  /** What Schemathesis says: every failure, with a command that repeats its request. */
  output: string;
}

/**
 * Has Schemathesis read the document of the API at `url`, send what it allows and what it does not, and
 * check the answers. Throws when it can't begin.
 */
export async function fuzz(
  url: string,
  { folder, completedFile, args }: FuzzOptions,
): Promise<FuzzRun> {
  const report = join(folder, "report.ndjson");
  const began = performance.now();
  const { all: output, exitCode } = await execa(
    join(schemathesisHome, "bin", "st"),
    [
      ...["run", `${url}/openapi.json`, "--no-color"],
      ...["--report", "ndjson", "--report-ndjson-path", report, ...args],
    ],
    {
      // Where schemathesis.toml is.
      cwd: fileURLToPath(new URL("schemathesis", import.meta.url)),
      all: true,
      reject: false,
      env: {
        COMPLETED_FILE: completedFile,
        // The API is on this machine, whatever proxy the machine has.
        no_proxy: "127.0.0.1",
        PYTHONDONTWRITEBYTECODE: "1",
        COLUMNS: "120",
      },
    },
  );
  const seconds = (performance.now() - began) / 1_000;
  const lines = await readFile(report, "utf8").catch((cause: unknown) => {
    throw new Error(`Schemathesis did not begin:\n${output}`, { cause });
  });
  const requests = lines.trim().split("\n").flatMap(requestsIn);
  return { requests, seconds, passed: exitCode === 0, output };
}

function requestsIn(line: string): FuzzedRequest[] {
  const finished = reportLine.parse(JSON.parse(line)).ScenarioFinished;
  if (finished === undefined) return [];
  const { cases, interactions } = finished.recorder;
  return Object.entries(interactions).map(([id, { response }]) => {
    const { method, path } = cases[id]!.value;
    return { operation: `${method} ${path}`, status: response?.status_code };
  });
}
