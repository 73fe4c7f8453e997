import { InvalidArgumentError, Option, type Command } from "commander";
import { z } from "zod";
import {
  transcodeSettings,
  type TranscodeSettings,
} from "@transpod/contract/transcode-settings.ts";

const prefix = "setting_";
const names = Object.keys(transcodeSettings.shape) as (keyof TranscodeSettings)[];

/** Adds an option for each transcode setting of the contract. Its values are checked against the schema. */
export function withSettings(command: Command): Command {
  for (const name of names) command.addOption(optionOf(name));
  return command;
}

function optionOf(name: keyof TranscodeSettings): Option {
  const schema: z.ZodType = transcodeSettings.shape[name];
  const description = (z.globalRegistry.get(schema)?.description ?? "").replaceAll("`", "");
  const option = new Option(`--${name.replaceAll("_", "-")} <value>`, description);
  // Not under its own name: a command may have an option of the same name.
  option.attributeName = () => `${prefix}${name}`;
  option.helpGroup("Transcode settings:");
  const choices = z.toJSONSchema(schema, { unrepresentable: "any" }).enum;
  if (choices !== undefined) option.choices(choices.map(String));
  return option.argParser((text: string) => {
    const value = /^-?\d+$/.test(text) ? Number(text) : text;
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw new InvalidArgumentError(parsed.error.issues.map(({ message }) => message).join(" "));
  });
}

/** The settings among a command's options; undefined when none was given. */
export function settingsIn(options: object): Partial<TranscodeSettings> | undefined {
  const given = Object.entries(options)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]) => [name.slice(prefix.length), value as unknown]);
  if (given.length === 0) return undefined;
  return Object.fromEntries(given) as Partial<TranscodeSettings>;
}
