import type { Pod } from "./wire.ts";

/** The condition of a pod that the platform removes. */
export function disruptionTarget(pod: Pod | undefined) {
  return pod?.status?.conditions?.find(
    ({ type, status }) => type === "DisruptionTarget" && status === "True",
  );
}
