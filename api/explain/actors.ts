import type { CommandRow, TransitionRow } from "@transpod/store/story.ts";
import { isAllowed } from "../access/access.ts";
import type { Story } from "./story.ts";

/** ` by the key "camera"`, ` by another key`, or nothing when no key was asked for. */
export function byKey(
  command: Pick<CommandRow, "key_id" | "key_name"> | undefined,
  reader: Story["reader"],
): string {
  if (command === undefined || command.key_id === null) return "";
  const mayKnow = isAllowed(reader, "admin") || reader.keyId === command.key_id;
  return mayKnow && command.key_name !== null
    ? ` by the key "${command.key_name}"`
    : " by another key";
}

/**
 * Who caused a transition. A command and what it causes are one transaction, which writes its line after the
 * transition: so it is the first such command from then on, before the next transition.
 */
export function byWhom(
  { commands, transitions, reader }: Story,
  action: string,
  transition: TransitionRow | undefined,
): string {
  if (transition === undefined) return "";
  const next = transitions[transitions.indexOf(transition) + 1];
  const command = commands.find(
    (one) =>
      one.action === action && one.at >= transition.at && (next === undefined || one.at < next.at),
  );
  return byKey(command, reader);
}
