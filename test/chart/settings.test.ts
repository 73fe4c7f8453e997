import { beforeAll, describe, expect, test } from "vitest";
import { readApiConfig } from "@transpod/api/config.ts";
import { readControllerConfig } from "@transpod/controller/config.ts";
import { databaseUrl, environmentOf } from "./environment.ts";
import type { Container } from "./objects.ts";
import { everything, render, type Rendered } from "./render.ts";
import { jobSettingsOf } from "./worker-job.ts";

// The processes' own code reads what the chart renders, so that one can't change without the other.

let byDefault: Rendered;
let changed: Rendered;

beforeAll(async () => {
  [byDefault, changed] = await Promise.all([render(), render({ file: everything })]);
});

describe("the API", () => {
  test("starts with the minimum", () => {
    const config = readApiConfig(environmentOf(containerOf(byDefault, "transpod-api")));
    expect(config).toMatchObject({
      port: 8000,
      host: undefined,
      databaseUrl,
      region: "us-east-1",
      queueUrl: "https://sqs.eu-central-1.amazonaws.com/123456789012/transpod",
      buckets: { raw: "raw-bucket", processed: "processed-bucket" },
      s3Endpoint: undefined,
      s3PublicEndpoint: undefined,
      sqsEndpoint: undefined,
      logLevel: "info",
      settings: {
        corsOrigins: [],
        trustProxy: 0,
        page: true,
        auth: true,
        rateLimitPerMinute: 1200,
        webhookAllowPrivate: false,
      },
    });
  });

  test("gets every setting from the values", () => {
    const config = readApiConfig(environmentOf(containerOf(changed, "video-api")));
    expect(config).toEqual({
      port: 8000,
      host: undefined,
      databaseUrl,
      region: "eu-central-1",
      queueUrl: "https://sqs.eu-central-1.amazonaws.com/123456789012/my-queue",
      buckets: { raw: "my-raw", processed: "my-processed" },
      s3Endpoint: "http://s3.emulator.svc:4566",
      s3PublicEndpoint: "http://localhost:4566",
      sqsEndpoint: "http://sqs.emulator.svc:4566",
      otlpEndpoint: "http://collector.monitoring.svc:4319",
      logLevel: "debug",
      settings: {
        uploadUrlTtlSeconds: 600,
        uploadExpirySeconds: 86_400,
        downloadUrlTtlSeconds: 1200,
        maxUploadBytes: 1024 ** 3,
        deleteOriginals: true,
        corsOrigins: ["https://video.example.com", "http://localhost:3000"],
        trustProxy: ["10.0.0.0/8", "loopback"],
        page: false,
        auth: false,
        rateLimitPerMinute: 100_000,
        webhookAllowPrivate: true,
      },
    });
  });

  test.each([
    [{ corsOrigins: ["*"] }, { corsOrigins: "*" }],
    [{ trustProxy: 2 }, { trustProxy: 2 }],
  ])("understands %j", async (api, settings) => {
    const rendered = await render({ values: { api } });
    const config = readApiConfig(environmentOf(containerOf(rendered, "transpod-api")));
    expect(config.settings).toMatchObject(settings);
  });

  test("listens where its Service and its probes look", () => {
    const container = containerOf(byDefault, "transpod-api");
    const { port } = readApiConfig(environmentOf(container));
    expect(container.ports).toEqual([{ name: "http", containerPort: port }]);
    const service = byDefault.get("Service", "transpod-api");
    expect(service.spec.ports).toEqual([{ name: "http", port: 8000, targetPort: "http" }]);
    expect(container.livenessProbe?.httpGet).toEqual({ path: "/healthz", port: "http" });
    expect(container.startupProbe?.httpGet).toEqual({ path: "/healthz", port: "http" });
    expect(container.readinessProbe?.httpGet).toEqual({ path: "/readyz", port: "http" });
  });
});

describe("the controller", () => {
  test("starts with the minimum, and has the same defaults as without the chart", () => {
    const environment = environmentOf(containerOf(byDefault, "transpod-controller"));
    const config = readControllerConfig(environment);
    expect(config).toMatchObject({
      databaseUrl,
      s3Endpoint: undefined,
      sqsEndpoint: undefined,
      rawBucket: "raw-bucket",
      processedBucket: "processed-bucket",
      candidate: "the-pod",
      namespace: "the-namespace",
      logLevel: "info",
    });
    const required = ["DATABASE_URL", "S3_RAW_BUCKET", "S3_PROCESSED_BUCKET", "SQS_QUEUE_URL"];
    const kept = [...required, "POD_NAME", "POD_NAMESPACE", "JOB_SETTINGS_FILE"];
    const bare = Object.fromEntries(kept.map((name) => [name, environment[name]]));
    expect(config).toEqual(readControllerConfig(bare));
  });

  test("gets every setting from the values", () => {
    const config = readControllerConfig(environmentOf(containerOf(changed, "video-controller")));
    expect(config).toMatchObject({
      region: "eu-central-1",
      s3Endpoint: "http://s3.emulator.svc:4566",
      sqsEndpoint: "http://sqs.emulator.svc:4566",
      queueUrl: "https://sqs.eu-central-1.amazonaws.com/123456789012/my-queue",
      rawBucket: "my-raw",
      processedBucket: "my-processed",
      candidate: undefined,
      otlpEndpoint: "http://collector.monitoring.svc:4319",
      logLevel: "debug",
      settings: {
        maxRunningJobs: 40,
        maxWorkersPerVideo: 8,
        chunkSeconds: 60,
        maxAttempts: 5,
        limits: { max_pixels: 8_300_000, max_duration_seconds: 3600, max_tracks: 16 },
        maxUploadBytes: 1024 ** 3,
        jobDeadlineSeconds: 7200,
        startSeconds: 1800,
        heartbeatSeconds: 5,
        sweepSeconds: 15,
        uploadEventGraceSeconds: 120,
        auditLogRetentionDays: 30,
        deliveryRetentionDays: 15,
        originalRetentionDays: 60,
        resultRetentionDays: 120,
        recordRetentionDays: 45,
        webhookAllowPrivate: true,
      },
    });
  });

  test("listens where its Service and its probes look", () => {
    const container = containerOf(byDefault, "transpod-controller");
    const { port, workPort } = readControllerConfig(environmentOf(container));
    expect(container.ports).toEqual([
      { name: "work", containerPort: workPort },
      { name: "metrics", containerPort: port },
    ]);
    expect(byDefault.get("Service", "transpod-controller").spec.ports).toEqual([
      { name: "work", port: 8080, targetPort: "work" },
      { name: "metrics", port: 9090, targetPort: "metrics" },
    ]);
    expect(container.livenessProbe?.httpGet).toEqual({ path: "/healthz", port: "metrics" });
    expect(container.startupProbe?.httpGet).toEqual({ path: "/healthz", port: "metrics" });
    expect(container.readinessProbe?.httpGet).toEqual({ path: "/readyz", port: "metrics" });
  });
});

describe("the settings of Jobs", () => {
  test("are understood by the controller, and name what the chart installs", async () => {
    const settings = await jobSettingsOf(byDefault);
    expect(settings).toEqual({
      instance: "transpod",
      image: "transpod-transcoder:0.1.0",
      imagePullPolicy: "IfNotPresent",
      imagePullSecrets: [],
      serviceAccountName: "transpod-transcoder",
      workUrl: "http://transpod-controller.media.svc:8080",
      resources: { cpuRequest: "2", cpuLimit: "4", memory: "2Gi" },
      ttlSecondsAfterFinished: 600,
      terminationGracePeriodSeconds: 60,
      labels: {},
      annotations: {},
      nodeSelector: {},
      tolerations: [],
      affinity: {},
      priorityClassName: "",
      runtimeClassName: "",
      stallSeconds: 60,
      logLevel: "info",
    });
    byDefault.get("ServiceAccount", settings.serviceAccountName);
    const work = new URL(settings.workUrl);
    const service = byDefault.get("Service", work.hostname.split(".")[0] ?? "");
    expect(service.spec.ports.map(({ port }) => port)).toContain(Number(work.port));
  });

  test("come from the values", async () => {
    expect(await jobSettingsOf(changed)).toEqual({
      instance: "transpod",
      image: "registry.example.com:5000/media/fast-transcoder:3.1",
      imagePullPolicy: "Always",
      imagePullSecrets: [{ name: "pull-secret" }],
      serviceAccountName: "video-transcoder",
      workUrl: "http://video-controller.media.svc:8080",
      resources: { cpuRequest: "4", cpuLimit: "7.5", memory: "8Gi" },
      ttlSecondsAfterFinished: 60,
      terminationGracePeriodSeconds: 30,
      labels: { "kueue.x-k8s.io/queue-name": "video" },
      annotations: { "karpenter.sh/do-not-disrupt": "true" },
      nodeSelector: { "node.kubernetes.io/instance-type": "c7g.2xlarge" },
      tolerations: [{ key: "transcoder", operator: "Equal", value: "yes", effect: "NoSchedule" }],
      affinity: { podAffinity: {} },
      priorityClassName: "transcoder-class",
      runtimeClassName: "gvisor",
      stallSeconds: 90,
      logLevel: "debug",
    });
  });

  test("need no CPU limit", async () => {
    const rendered = await render({ values: { transcoder: { resources: { cpuLimit: "" } } } });
    const { resources } = await jobSettingsOf(rendered);
    expect(resources.cpuLimit).toBe("");
  });

  test("are mounted where the controller looks, and roll it when they change", async () => {
    const { template } = byDefault.get("Deployment", "transpod-controller").spec;
    const [container] = template.spec.containers;
    const { jobSettingsFile } = readControllerConfig(environmentOf(container));
    const mount = container.volumeMounts?.find(({ name }) => name === "job-settings");
    const volume = template.spec.volumes?.find(({ name }) => name === "job-settings");
    const map = byDefault.get("ConfigMap", volume?.configMap?.name ?? "");
    expect(Object.keys(map.data).map((key) => `${mount?.mountPath}/${key}`)).toEqual([
      jobSettingsFile,
    ]);

    const checksum = (rendered: Rendered) =>
      rendered.get("Deployment", "transpod-controller").spec.template.metadata.annotations?.[
        "checksum/job-settings"
      ];
    const other = await render({ values: { transcoder: { stallSeconds: 61 } } });
    const unrelated = await render({ values: { api: { replicas: 5 } } });
    expect(checksum(other)).not.toBe(checksum(byDefault));
    expect(checksum(unrelated)).toBe(checksum(byDefault));
  });
});

test("the migration's Job migrates, and reads the database's address alone", () => {
  const [container] = byDefault.get("Job", "transpod-migration").spec.template.spec.containers;
  expect(container.args).toEqual(["migrate"]);
  expect(environmentOf(container)).toEqual({ DATABASE_URL: databaseUrl });
});

test("variables of one's own are added to API and controller", () => {
  for (const name of ["video-api", "video-controller"]) {
    const environment = environmentOf(containerOf(changed, name));
    expect(environment).toMatchObject({ HTTPS_PROXY: "http://proxy.example.com:3128" });
  }
});

function containerOf(rendered: Rendered, deployment: string): Container {
  return rendered.get("Deployment", deployment).spec.template.spec.containers[0];
}
