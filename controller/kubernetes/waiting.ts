import type { Job, Pod } from "./wire.ts";
import { shorten } from "./wording.ts";

/** As the kubelet names what keeps an image from being there. */
const imageReasons = new Set([
  "ErrImagePull",
  "ImagePullBackOff",
  "ErrImageNeverPull",
  "InvalidImageName",
  "ImageInspectError",
  "RegistryUnavailable",
  "SignatureValidationFailed",
]);

/** The usual reasons while a container is created. */
const usualReasons = new Set(["ContainerCreating", "PodInitializing"]);

/**
 * What a Job that has not ended waits for, as the end of a sentence "it waits for ..."; null when its
 * worker runs. Pure.
 */
export function waitingReason(job: Job, pod: Pod | undefined): string | null {
  // Suspended by a queue such as Kueue, which also suspends Jobs that run.
  if (job.spec?.suspend === true) return "a place in the queue";
  if (pod === undefined) return "its pod to be created";
  if (pod.status?.phase !== undefined && pod.status.phase !== "Pending") return null;
  return placeFor(pod) ?? containerOf(pod);
}

function placeFor({ status }: Pod): string | undefined {
  const scheduled = status?.conditions?.find(({ type }) => type === "PodScheduled");
  if (scheduled === undefined) return "a node";
  if (scheduled.status === "True") return undefined;
  return `a node that can take it${because(shortenScheduling(scheduled.message))}`;
}

function containerOf({ status, spec }: Pod): string {
  const waiting = status?.containerStatuses?.map(({ state }) => state?.waiting).find(Boolean);
  if (waiting?.reason === undefined || usualReasons.has(waiting.reason)) {
    return "its container to start";
  }
  if (!imageReasons.has(waiting.reason)) {
    return `its container, which can't be created${because(waiting.message)}`;
  }
  const image = spec?.containers[0]?.image ?? "";
  return `its image ${image}, which can't be pulled${because(shortenPull(waiting.message))}`;
}

/** Keeps the part about nodes: the rest is about preemption, which did not help. */
function shortenScheduling(message: string | undefined): string | undefined {
  return message?.replace(/\.? (?:no new claims to deallocate, )?preemption: .*$/s, "");
}

/** Keeps the registry's message: around it each layer repeats the image's name. */
function shortenPull(message: string | undefined): string | undefined {
  return message
    ?.replace(/^Back-off pulling image "[^"]*"(?:: )?/, "")
    .replace(/^ErrImagePull: /, "")
    .replace(/rpc error: code = \w+ desc = /g, "")
    .replace(/failed to pull and unpack image "[^"]*": /g, "")
    .replace(/failed to resolve (?:reference|image)(?: "[^"]*")?: /g, "");
}

function because(message: string | undefined): string {
  const shortened = shorten(message);
  return shortened === "" ? "" : ` (${shortened})`;
}
