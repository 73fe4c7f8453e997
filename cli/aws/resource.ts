/** A resource on AWS, and how this run changed it. */
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
  // For a new resource all settings are new, so they are not listed.
  if (created) return { kind, name, change: "created", settings: [] };
  const change = changedSettings.length > 0 ? "updated" : "unchanged";
  return { kind, name, change, settings: changedSettings };
}
