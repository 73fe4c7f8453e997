const longest = 300;

/** What Kubernetes said, at a length for people. */
export function shorten(text: string | undefined): string {
  const said = withoutSignatures(text ?? "").trim();
  return said.length > longest ? `${said.slice(0, longest - 1)}…` : said;
}

/** A registry hands out its layers by presigned URLs, and an error names them. */
function withoutSignatures(text: string): string {
  return text.replace(/(https?:\/\/[^\s?"]+)\?[^\s"]*/g, "$1");
}
