/** Something on AWS, and what became of it in this run. */
export interface Resource {
  kind: "bucket" | "queue" | "policy";
  name: string;
  change: "created" | "updated" | "unchanged";
  /** The settings that were updated. */
  settings: string[];
}

export function resource(
  kind: Resource["kind"],
  name: string,
  created: boolean,
  changedSettings: string[],
): Resource {
  // All the settings of a new one are new, which says nothing.
  if (created) return { kind, name, change: "created", settings: [] };
  const change = changedSettings.length > 0 ? "updated" : "unchanged";
  return { kind, name, change, settings: changedSettings };
}
