import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { askWithToken } from "./api-server.ts";
import { untilJobEnded, workerOf } from "./cluster.ts";
import type { Pod } from "./objects.ts";
import { PortForward } from "./port-forward.ts";
import { readValues } from "./release.ts";
import { readSecret } from "./secrets.ts";
import { installation, kubectl, kubectlJson } from "./tools.ts";
import { openTranspod, type Transpod } from "./transpod.ts";
import { until } from "./until.ts";
import { search } from "./search-files.ts";
import { connects, freeze, runInPod, thaw } from "./worker-shell.ts";

const { namespace, release } = installation;
const audience = "transpod-work";

let transpod: Transpod;
beforeAll(async () => {
  transpod = await openTranspod();
});
afterAll(() => transpod?.close());

describe("a worker's pod, in the middle of an encode,", () => {
  let fileId: string;
  let pod: Pod;
  let token: string;
  beforeAll(async () => {
    fileId = await transpod.client.upload(inject("samples").slow);
    await transpod.untilEncoding(fileId);
    pod = await workerOf(fileId);
    // What follows takes longer than the encode would.
    await freeze(pod);
    token = await runInPod(pod, "cat /var/run/secrets/transpod/token");
  });

  test("holds no AWS key, no database URL and no Service's address in its environment", async () => {
    const environments = await runInPod(pod, "env; cat /proc/[0-9]*/environ | tr '\\0' '\\n'");
    const names = environments
      .split("\n")
      .map((line) => line.split("=")[0] ?? "")
      // The kubelet tells every container where the API server is.
      .filter((name) => !name.startsWith("KUBERNETES_"));
    expect(names).toContain("WORK_URL");
    const telling = /AWS|DATABASE|PG|SQS|S3|BUCKET|PASSWORD|SECRET|_SERVICE_|_PORT/;
    expect(names.filter((name) => telling.test(name))).toEqual([]);
  });

  test("holds none of the installation's secrets in any file", async () => {
    const values = await readValues();
    const secrets = [
      ...Object.values(await readSecret(values.database.existingSecret)),
      ...Object.values(await readSecret(values.aws.existingSecret)),
    ];
    expect(secrets).toHaveLength(3);
    const passwords = secrets.map((secret) =>
      URL.canParse(secret) ? new URL(secret).password : secret,
    );
    // The token proves that the search finds what is there.
    const found = await search(pod, [...passwords, token]);
    expect(found.holding).toEqual([expect.stringMatching(/\/secrets\/transpod\/\S+\/token$/)]);
  });

  test("mounts one secret, a token, and may write to its scratch folder alone", async () => {
    const mounts = (await runInPod(pod, "cat /proc/mounts")).split("\n").map((line) => {
      const [, path = "", , options = ""] = line.split(" ");
      return { path, readOnly: options.split(",").includes("ro") };
    });
    expect(mounts.find(({ path }) => path === "/")?.readOnly).toBe(true);
    const secrets = mounts.filter(({ path }) => path.includes("secret"));
    expect(secrets).toEqual([
      { path: expect.stringMatching(/^(\/var)?\/run\/secrets\/transpod$/), readOnly: true },
    ]);
    const found = await search(pod, []);
    for (const folder of found.writable) expect(folder).toMatch(/^\/scratch(\/|$)/);
    expect(found.writable).toContain("/scratch");
  });

  test("has a token for the work port alone, bound to this pod", () => {
    const claims = JSON.parse(
      Buffer.from(token.split(".")[1] ?? "", "base64url").toString(),
    ) as Record<string, unknown>;
    expect(claims).toMatchObject({
      aud: [audience],
      "kubernetes.io": {
        namespace,
        pod: { name: pod.metadata.name, uid: pod.metadata.uid },
        serviceaccount: { name: `${release}-transcoder` },
      },
    });
  });

  test("has a token that the API server refuses", async () => {
    await expect(askWithToken(token, ["get", "pods"])).rejects.toThrow(
      /Unauthorized|must be logged in/i,
    );
    expect(await reviewToken(token, [])).toMatchObject({ authenticated: false });
    expect(await reviewToken(token, [audience])).toMatchObject({ authenticated: true });
  });

  test.each([
    { where: `${release}-controller.${namespace}:8080`, whose: "the work port", reached: true },
    { where: "ministack.transpod-dev:4566", whose: "S3", reached: true },
    { where: `${release}-controller.${namespace}:9090`, whose: "the metrics", reached: false },
    { where: `${release}-api.${namespace}:8000`, whose: "the API", reached: false },
    { where: "postgres.transpod-dev:5432", whose: "Postgres", reached: false },
    { where: "kubernetes.default:443", whose: "the API server", reached: false },
  ])("reaches $whose: $reached", async ({ where, reached }) => {
    expect(await connects(pod, where)).toBe(reached);
  });

  describe("at the work port", () => {
    let forward: PortForward;
    beforeAll(async () => {
      forward = await PortForward.open({ target: `svc/${release}-controller`, port: 8080 });
    });
    afterAll(() => forward?.[Symbol.asyncDispose]());

    async function claimWith(
      bearer: string,
    ): Promise<{ status: number; code?: string; answer?: object }> {
      const response = await fetch(`http://${forward.host}/work/claim`, {
        method: "POST",
        headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
        body: JSON.stringify({ worker: "stranger" }),
      });
      const { code, ...answer } = (await response.json()) as { code?: string };
      if (response.ok) return { status: response.status, answer };
      return { status: response.status, ...(code !== undefined && { code }) };
    }

    const refused = { status: 401, code: "unauthorized" };

    test.each([
      { whose: "the API", account: `${release}-api`, audiences: audience },
      {
        whose: "a transcoder that has no pod",
        account: `${release}-transcoder`,
        audiences: audience,
      },
      {
        whose: "the controller, made for the API server,",
        account: `${release}-controller`,
        audiences: "",
      },
    ])("the token of $whose is refused", async ({ account, audiences }) => {
      const other = await kubectl([
        ...["create", "token", account, ...(audiences === "" ? [] : ["--audience", audiences])],
      ]);
      expect(await claimWith(other)).toEqual(refused);
    });

    test("no token at all is refused, and so is a forged one", async () => {
      const [head, body] = token.split(".");
      for (const bearer of ["", "guess", `${head}.${body}.AAAA`]) {
        expect(await claimWith(bearer)).toEqual(refused);
      }
    });

    test("its token is worth nothing once the file is done, and is refused once the pod is gone", async () => {
      await thaw(pod);
      expect((await transpod.untilEnded(fileId)).processing_status).toBe("completed");
      // All that it learns is that there is nothing to do.
      expect(await claimWith(token)).toEqual({ status: 200, answer: { task: "release" } });
      const { metadata } = await untilJobEnded(fileId);
      await kubectl(["delete", "job", metadata.name, "--cascade=foreground"]);
      await until(
        async () => (await claimWith(token)).status === 401,
        "the token of a pod that is gone is refused",
      );
    });
  });
});

interface Reviewed {
  authenticated?: boolean;
}

async function reviewToken(token: string, audiences: string[]): Promise<Reviewed> {
  const review = {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenReview",
    spec: { token, ...(audiences.length > 0 && { audiences }) },
  };
  const { status } = await kubectlJson<{ status: Reviewed }>(["create", "-f", "-"], {
    input: JSON.stringify(review),
  });
  return { authenticated: false, ...status };
}
