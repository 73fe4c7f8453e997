import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readJobSettings, type JobSettings } from "@transpod/controller/kubernetes/job-settings.ts";
import { jobManifest } from "@transpod/controller/kubernetes/manifest.ts";
import type { Job } from "./objects.ts";
import type { Rendered } from "./render.ts";

/** As the controller reads them: from the chart's ConfigMap, by its own schema. */
export async function jobSettingsOf(rendered: Rendered): Promise<JobSettings> {
  const folder = await mkdtemp(join(tmpdir(), "transpod-chart-"));
  try {
    const file = join(folder, "job-settings.json");
    const [map] = rendered.all("ConfigMap");
    await writeFile(file, map?.data["job-settings.json"] ?? "");
    return readJobSettings(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A Job as the controller would make it of them. */
export async function workerJobOf(rendered: Rendered, maxWorkers = 1): Promise<Job> {
  const settings = await jobSettingsOf(rendered);
  const spec = {
    fileId: "0b9d3a52-5c3e-4b7e-9a0e-3f1c2d4e5f60",
    attempt: 1,
    name: "transpod-0b9d3a52-1",
    sourceSizeBytes: 1024 ** 3,
    memoryScale: 1,
    maxWorkers,
    deadlineSeconds: 3600,
  };
  const owner = {
    apiVersion: "v1",
    kind: "ServiceAccount",
    name: settings.serviceAccountName,
    uid: "8f14e45f-ceea-467f-a9f6-2b1f0c3d5e6a",
  };
  return jobManifest(spec, settings, owner) as unknown as Job;
}
