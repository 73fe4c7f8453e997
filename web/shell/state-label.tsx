import type { FileState } from "@transpod/contract/states.ts";
import { words } from "../words.ts";

export function StateLabel({ state }: { state: FileState }) {
  return <span class={`state ${state}`}>{words.states[state]}</span>;
}
