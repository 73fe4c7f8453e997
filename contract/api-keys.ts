import { createHash } from "node:crypto";

/** What a key may do: `read` its files, `write` (create and change) them, or `admin`: both, for all files. */
export const scopes = ["read", "write", "admin"] as const;
export type Scope = (typeof scopes)[number];

/** The two parts of an API key. The id may be seen, the secret may not. */
export interface ApiKey {
  keyId: string;
  /** 256 random bits, in hexadecimal. */
  secret: string;
}

const shape = /^transpod_([0-9a-f]{16})_([0-9a-f]{64})$/;

/** The prefix lets people and secret scanners recognize a key. */
export function formatApiKey({ keyId, secret }: ApiKey): string {
  return `transpod_${keyId}_${secret}`;
}

/** Undefined when the text can't be an API key. */
export function parseApiKey(text: string): ApiKey | undefined {
  const [, keyId, secret] = shape.exec(text) ?? [];
  return keyId === undefined || secret === undefined ? undefined : { keyId, secret };
}

/** The hash that is stored in place of the secret. */
export function hashSecret(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
