import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { Wait, type StartedTestContainer } from "testcontainers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { apiContainer, apiPort, urlOf } from "./api-container.ts";
import { startBacking, type Backing } from "./backing.ts";
import { hostName } from "./docker.ts";
import { images } from "./images.ts";
import { RestrictedContainer } from "./restricted-container.ts";

/**
 * The AWS SDK loads what fetches its credentials when it needs it, which a bundle may break. What hands
 * them out on EKS is acted here; what they open is real.
 */
const token = "a-token-of-the-pod";
const role = "arn:aws:iam::123456789012:role/transpod-api";
const expiration = new Date(Date.now() + 3_600_000).toISOString();

let folder: string;
let backing: Backing;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "transpod-credentials-test-"));
  await writeFile(join(folder, "token"), token, { mode: 0o644 });
  backing = await startBacking();
});
afterAll(async () => {
  await backing?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** The API with a token of its pod in a file, as Kubernetes mounts it. */
function apiOfPod(environment: Record<string, string>): RestrictedContainer {
  const source = join(folder, "token");
  return apiContainer(backing, environment).withBindMounts([
    { source, target: "/token", mode: "ro" },
  ]);
}

async function expectReady(container: StartedTestContainer): Promise<void> {
  const response = await fetch(`${urlOf(container)}/readyz`);
  expect(await response.json()).toMatchObject({
    ready: true,
    checks: { raw_bucket: "ok", processed_bucket: "ok", queue: "ok" },
  });
}

test("IRSA: the image asks STS with its web identity", async () => {
  const { accessKeyId, secretAccessKey } = backing.credentials;
  const asked: Record<string, string>[] = [];
  // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
  const answer = `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
         <AssumeRoleWithWebIdentityResult><Credentials>
           <AccessKeyId>${accessKeyId}</AccessKeyId>
           <SecretAccessKey>${secretAccessKey}</SecretAccessKey>
           <SessionToken>session</SessionToken>
           <Expiration>${expiration}</Expiration>
         </Credentials></AssumeRoleWithWebIdentityResult>
       </AssumeRoleWithWebIdentityResponse>`;
  const sts = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push(Object.fromEntries(new URLSearchParams(body)));
      response.setHeader("content-type", "text/xml").end(answer);
    });
  });
  await new Promise<void>((resolve) => sts.listen(0, resolve));
  await using api = await apiOfPod({
    AWS_ROLE_ARN: role,
    AWS_WEB_IDENTITY_TOKEN_FILE: "/token",
    AWS_ENDPOINT_URL_STS: `http://${hostName}:${(sts.address() as AddressInfo).port}`,
  })
    .withExposedPorts(apiPort)
    .withNetwork(backing.network)
    .withExtraHosts([{ host: hostName, ipAddress: "host-gateway" }])
    .start();
  try {
    await expectReady(api);
    expect(asked[0]).toMatchObject({
      Action: "AssumeRoleWithWebIdentity",
      RoleArn: role,
      WebIdentityToken: token,
    });
  } finally {
    sts.closeAllConnections();
    sts.close();
  }
});

/** https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html */
const podIdentityAgent = `
  import("node:http").then(({ createServer }) => {
    createServer((request, response) => {
      const known = request.headers.authorization === process.env.TOKEN;
      response.writeHead(known ? 200 : 401, { "content-type": "application/json" });
      response.end(known ? process.env.CREDENTIALS : "{}");
    }).listen(8001, "127.0.0.1", () => console.log("listening"));
  });`;

test("Pod Identity: the image asks the agent on its node", async () => {
  const { accessKeyId, secretAccessKey } = backing.credentials;
  const credentials = {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: "session",
    Expiration: expiration,
  };
  await using agent = await new RestrictedContainer(images.api)
    .withEntrypoint(["node", "-e", podIdentityAgent])
    .withEnvironment({ TOKEN: token, CREDENTIALS: JSON.stringify(credentials) })
    .withNetwork(backing.network)
    .withExposedPorts(apiPort)
    .withWaitStrategy(Wait.forLogMessage("listening"))
    .start();
  await using api = await apiOfPod({
    AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:8001/v1/credentials",
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/token",
  })
    .withNetworkMode(`container:${agent.getId()}`)
    .start();
  expect(api.getId()).not.toBe(agent.getId());
  await expectReady(agent);
});
