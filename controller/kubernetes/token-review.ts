import { createHash } from "node:crypto";
import type { V1TokenReviewStatus } from "@kubernetes/client-node";
import { attemptOf, jobName, type AttemptRef } from "@transpod/contract/job-identity.ts";
import type { WorkAuthenticator } from "@transpod/contract/ports.ts";
import type { ApiClient } from "./api-client.ts";
import { ask } from "./api-errors.ts";
import { attemptLabels, hasLabels } from "./job-labels.ts";
import { workAudience } from "./manifest.ts";
import type { WatchedList } from "./watched-list.ts";
import type { Job, Pod } from "./wire.ts";

export interface TokenReviewOptions {
  client: ApiClient;
  namespace: string;
  instance: string;
  /** Of the worker pods. */
  serviceAccountName: string;
  jobs: WatchedList<Job>;
  pods: WatchedList<Pod>;
}

/** The pod that a token is bound to. */
interface PodRef {
  name: string;
  uid: string;
}

const rememberMs = 60_000;
const maxRemembered = 10_000;

/**
 * Authenticates a work token: the projected token of a worker's pod, which Kubernetes verifies by a
 * TokenReview. The pod names its Job, and the Job its attempt. Throws UnavailableError when Kubernetes
 * can't be asked; only a refusal by Kubernetes makes a token invalid.
 */
export class TokenReviewAuthenticator implements WorkAuthenticator {
  readonly #options: TokenReviewOptions;
  /** By the token's hash, so that memory holds no usable token. Oldest first. */
  readonly #reviewed = new Map<string, { pod: PodRef; until: number }>();

  constructor(options: TokenReviewOptions) {
    this.#options = options;
  }

  async authenticate(token: string): Promise<AttemptRef | undefined> {
    const pod = await this.#podOf(token);
    return pod === undefined ? undefined : await this.#attemptOf(pod);
  }

  async #podOf(token: string): Promise<PodRef | undefined> {
    const hash = createHash("sha256").update(token).digest("hex");
    const known = this.#reviewed.get(hash);
    if (known !== undefined && known.until > performance.now()) return known.pod;
    const pod = await this.#review(token);
    this.#reviewed.delete(hash);
    if (pod !== undefined) this.#remember(hash, pod);
    return pod;
  }

  async #review(token: string): Promise<PodRef | undefined> {
    const { client, namespace, serviceAccountName } = this.#options;
    const { status } = await ask(
      "review a work token",
      client.authentication.createTokenReview({
        body: { spec: { token, audiences: [workAudience] } },
      }),
    );
    const username = `system:serviceaccount:${namespace}:${serviceAccountName}`;
    return status === undefined ? undefined : boundPod(status, username);
  }

  #remember(hash: string, pod: PodRef): void {
    const [oldest] = this.#reviewed.keys();
    if (this.#reviewed.size >= maxRemembered && oldest !== undefined) this.#reviewed.delete(oldest);
    this.#reviewed.set(hash, { pod, until: performance.now() + rememberMs });
  }

  /** Checked every time: a valid token is refused once its Job is gone. */
  async #attemptOf({ name, uid }: PodRef): Promise<AttemptRef | undefined> {
    const { jobs, pods, instance } = this.#options;
    const pod = await pods.find(name);
    if (pod === undefined || pod.metadata?.uid !== uid) return undefined;
    const ref = attemptOf(pod);
    if (ref === undefined || !hasLabels(pod, attemptLabels(ref, instance))) return undefined;
    const owner = pod.metadata.ownerReferences?.find(
      ({ kind, controller }) => kind === "Job" && controller === true,
    );
    if (owner?.name !== jobName(ref)) return undefined;
    const job = await jobs.find(owner.name);
    return job?.metadata?.uid === owner.uid ? ref : undefined;
  }
}

/**
 * An API server without support for audiences leaves them out of its answer; then the token is refused.
 * https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-review-v1/
 */
function boundPod(status: V1TokenReviewStatus, username: string): PodRef | undefined {
  const { authenticated, audiences, user } = status;
  if (authenticated !== true || user?.username !== username) return undefined;
  if (audiences?.includes(workAudience) !== true) return undefined;
  const [name] = user.extra?.["authentication.kubernetes.io/pod-name"] ?? [];
  const [uid] = user.extra?.["authentication.kubernetes.io/pod-uid"] ?? [];
  return name === undefined || uid === undefined ? undefined : { name, uid };
}
