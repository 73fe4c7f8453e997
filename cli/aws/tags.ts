import { setting, type Setting } from "./setting.ts";

export type Tags = Record<string, string>;

/** As S3 and IAM write them. */
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

/** Adds tags to those that are there; `write` is given all of them. */
export function tagged(
  wanted: Tags,
  { read, write }: { read: () => Promise<Tags>; write: (tags: Tags) => Promise<unknown> },
): Setting {
  return setting<Tags>("tags", { read, write, next: (current) => ({ ...current, ...wanted }) });
}
