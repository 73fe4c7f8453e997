const maxLength = 300;

/** What Kubernetes said, at a length for people. */
export function shorten(text: string | undefined): string {
  const clean = withoutSignatures(text ?? "").trim();
  return clean.length > maxLength ? `${clean.slice(0, maxLength - 1)}…` : clean;
}

/** A registry hands out its layers by presigned URLs, and an error names them. */
function withoutSignatures(text: string): string {
  return text.replace(/(https?:\/\/[^\s?"]+)\?[^\s"]*/g, "$1");
}
