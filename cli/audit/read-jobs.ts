import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { TranspodError } from "@transpod/contract/errors.ts";
import { attemptOf } from "@transpod/contract/job-identity.ts";
import type { SeenJob } from "@transpod/store/audit-jobs.ts";
import { z } from "zod";

/** The fields of a Kubernetes Job that name its attempt and its end. */
const job = z.object({
  kind: z.literal("Job", { error: "It is not a Job." }),
  metadata: z.object({
    name: z.string(),
    labels: z.record(z.string(), z.string()).optional(),
    creationTimestamp: z.iso.datetime(),
    deletionTimestamp: z.iso.datetime().optional(),
  }),
  status: z.object({
    conditions: z
      .array(z.object({ type: z.string(), status: z.string(), lastTransitionTime: z.string() }))
      .default([]),
  }),
});

const list = z.object({ items: z.array(job) });

/**
 * Reads the attempts' Jobs from a file with the output of `kubectl get jobs -o json`; `-` is standard
 * input. kubectl lists them, since it supports every way to log in to a cluster. Throws a TranspodError
 * for any other contents.
 */
export async function readJobs(path: string): Promise<SeenJob[]> {
  try {
    const json = path === "-" ? await text(process.stdin) : await readFile(path, "utf8");
    return list.parse(JSON.parse(json)).items.flatMap(seenJob);
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    const sentence = `--jobs ${path} is not what "kubectl get jobs -o json" prints: ${why}`;
    throw new TranspodError("jobs_unreadable", sentence, { cause });
  }
}

/** Empty for a Job that is not Transpod's. */
function seenJob(each: z.infer<typeof job>): SeenJob[] {
  const { name, creationTimestamp, deletionTimestamp } = each.metadata;
  const ref = attemptOf(each);
  if (ref === undefined) return [];
  const end = each.status.conditions.find(
    ({ type, status }) => (type === "Complete" || type === "Failed") && status === "True",
  );
  return [
    {
      name,
      file_id: ref.fileId,
      attempt: ref.attempt,
      created_at: creationTimestamp,
      ended_at: end?.lastTransitionTime ?? deletionTimestamp ?? null,
    },
  ];
}
