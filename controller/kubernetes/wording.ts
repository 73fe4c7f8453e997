const maxLength = 300;

/** A message of Kubernetes, shortened for people. */
export function shorten(text: string | undefined): string {
  const clean = withoutSignatures(text ?? "").trim();
  return clean.length > maxLength ? `${clean.slice(0, maxLength - 1)}…` : clean;
}

/** Registries serve layers by presigned URLs, which appear in error messages. */
function withoutSignatures(text: string): string {
  return text.replace(/(https?:\/\/[^\s?"]+)\?[^\s"]*/g, "$1");
}
