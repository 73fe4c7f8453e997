import { endOf } from "./job-status.ts";
import type { Job } from "./wire.ts";
import { isElastic } from "./workers.ts";

/**
 * The JSON patch with which a Job starts workers until it has started so many; undefined when there is
 * nothing to do. Kubernetes refuses it when the Job has changed its number of workers since. The number
 * of completions can be changed only together with the parallelism. Pure.
 * https://kubernetes.io/docs/concepts/workloads/controllers/job/#elastic-indexed-jobs
 */
export function growth(job: Job, started: number): object[] | undefined {
  const { completions = 1 } = job.spec ?? {};
  if (!isElastic(job) || endOf(job) !== undefined || completions >= started) return undefined;
  return [
    { op: "test", path: "/metadata/uid", value: job.metadata?.uid },
    { op: "test", path: "/spec/completions", value: completions },
    { op: "replace", path: "/spec/completions", value: started },
    { op: "replace", path: "/spec/parallelism", value: started },
  ];
}
