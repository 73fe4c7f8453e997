const edgeBytes = 64 * 1024;

/**
 * The SHA-256 of a file's first and last 64 KiB, in hexadecimal. An index of all frames is at one of these places, so
 * other videos of the same size differ there. undefined in a page without https, where browsers have no crypto.subtle.
 */
export async function fingerprintOf(file: Blob): Promise<string | undefined> {
  const subtle = crypto.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) return undefined;
  const edges = new Blob([file.slice(0, edgeBytes), file.slice(-edgeBytes)]);
  const digest = await subtle.digest("SHA-256", await edges.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
