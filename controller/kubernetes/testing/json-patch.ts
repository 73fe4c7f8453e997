interface Operation {
  op: string;
  path: string;
  value: unknown;
}

/**
 * Applies a JSON patch (RFC 6902) of the operations `test` and `replace`. Undefined when a test fails, which the API
 * server answers with 422.
 */
export function applyJsonPatch<T extends object>(
  object: T,
  patch: readonly Operation[],
): T | undefined {
  const patched = structuredClone(object);
  for (const { op, path, value } of patch) {
    const keys = path.split("/").slice(1);
    const last = keys.pop() ?? "";
    const parent = keys.reduce<Record<string, unknown>>(
      (at, key) => at[key] as Record<string, unknown>,
      patched as Record<string, unknown>,
    );
    if (op === "replace") parent[last] = value;
    else if (op !== "test" || parent[last] !== value) return undefined;
  }
  return patched;
}
