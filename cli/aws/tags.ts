import { setting, type Setting } from "./setting.ts";

export type Tags = Record<string, string>;

/** In the form of S3 and IAM. */
interface Tag {
  Key: string | undefined;
  Value: string | undefined;
}

export function tagList(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export function tagsIn(list: Tag[] = []): Tags {
  return Object.fromEntries(list.map(({ Key = "", Value = "" }) => [Key, Value]));
}

/** Adds tags to the existing ones; `write` gets all of them. */
export function tagged(
  wanted: Tags,
  { read, write }: { read: () => Promise<Tags>; write: (tags: Tags) => Promise<unknown> },
): Setting {
  return setting<Tags>("tags", { read, write, next: (current) => ({ ...current, ...wanted }) });
}
