import { createHash } from "node:crypto";

/** What a key may do: see its files, make and command them; `admin` all of that, with every file. */
export const scopes = ["read", "write", "admin"] as const;
export type Scope = (typeof scopes)[number];

/** The two parts of an API key. The id may be seen, the secret may not. */
export interface ApiKey {
  keyId: string;
  /** 256 random bits, in hexadecimal. */
  secret: string;
}

const shape = /^transpod_([0-9a-f]{16})_([0-9a-f]{64})$/;

/** With a prefix that tells whoever finds one, a scanner of secrets too, what it is. */
export function formatApiKey({ keyId, secret }: ApiKey): string {
  return `transpod_${keyId}_${secret}`;
}

/** Undefined for what can't be an API key. */
export function parseApiKey(text: string): ApiKey | undefined {
  const [, keyId, secret] = shape.exec(text) ?? [];
  return keyId === undefined || secret === undefined ? undefined : { keyId, secret };
}

/** What is kept of a secret. */
export function hashSecret(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
