import { describe, expect, test } from "vitest";
import { everything, render, type Rendered } from "./render.ts";
import { jobSettingsOf } from "./worker-job.ts";

const sameName = { fullnameOverride: "" };

describe("helm upgrade kills no Job: whatever else changes,", () => {
  test("the transcoders' ServiceAccount, which owns the Jobs, keeps its name", async () => {
    const accounts = await beforeAndAfter(async (rendered) => {
      const { serviceAccountName } = await jobSettingsOf(rendered);
      rendered.get("ServiceAccount", serviceAccountName);
      return serviceAccountName;
    });
    expect(accounts).toEqual(["transpod-transcoder", "transpod-transcoder"]);
  });

  test("the controller looks for the same Jobs", async () => {
    const instances = await beforeAndAfter(
      async (rendered) => (await jobSettingsOf(rendered)).instance,
    );
    expect(instances).toEqual(["transpod", "transpod"]);
  });

  test("workers find the controller under the same address", async () => {
    const urls = await beforeAndAfter(async (rendered) => (await jobSettingsOf(rendered)).workUrl);
    expect(urls[0]).toBe(urls[1]);
  });

  test("selectors, which are immutable, stay", async () => {
    const [before, after] = await beforeAndAfter((rendered) =>
      rendered.all("Deployment").map(({ spec }) => spec.selector),
    );
    expect(after).toEqual(before);
  });

  test("Helm itself installs no Job but the migration's hook", async () => {
    const jobs = (await render({ file: everything })).all("Job");
    expect(jobs.map(({ metadata }) => metadata.labels["app.kubernetes.io/component"])).toEqual([
      "migration",
    ]);
  });
});

describe("hooks", () => {
  test("the migration runs before an installation and before an upgrade", async () => {
    const { metadata } = (await render()).get("Job", "transpod-migration");
    expect(metadata.annotations).toMatchObject({ "helm.sh/hook": "pre-install,pre-upgrade" });
  });

  test("none stays behind when it succeeded; a failed migration ends in time, and is kept for an hour", async () => {
    const rendered = await render({ file: everything });
    const hooks = rendered.objects.filter(({ metadata }) => metadata.annotations?.["helm.sh/hook"]);
    expect(hooks.map(({ kind, metadata }) => `${kind} ${metadata.name}`).toSorted()).toEqual([
      "Job video-migration",
      "NetworkPolicy video-migration",
      "NetworkPolicy video-test",
      "Pod video-test",
    ]);
    for (const { metadata } of hooks) {
      expect(metadata.annotations?.["helm.sh/hook-delete-policy"]).toBe(
        "before-hook-creation,hook-succeeded",
      );
    }
    const { spec } = rendered.get("Job", "video-migration");
    expect(spec.activeDeadlineSeconds).toBe(900);
    expect(spec.ttlSecondsAfterFinished).toBe(3600);
  });
});

/** Of an installation with the minimum, and of its upgrade to every option. */
async function beforeAndAfter<T>(read: (rendered: Rendered) => T | Promise<T>): Promise<T[]> {
  const [before, after] = await Promise.all([
    render(),
    render({ file: everything, values: sameName }),
  ]);
  return [await read(before), await read(after)];
}
