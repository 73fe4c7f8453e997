import { z } from "zod";
import "zod-openapi";
import { countCharacters } from "./public-api.ts";

const maxUrlLength = 2048;
const byte = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
const host = [
  // A name whose last label begins with a digit could be read as an IPv4 address.
  "([A-Za-z0-9_-]+\\.)*[A-Za-z_][A-Za-z0-9_-]*\\.?",
  `(${byte}\\.){3}${byte}`,
  `\\[${z.regexes.ipv6.source.slice(1, -1)}\\]`,
].join("|");
const port = "([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])";

/**
 * A part of what the URL standard takes (https://url.spec.whatwg.org), in words that JSON Schema has too: so
 * that no URL is refused that the OpenAPI document allows.
 */
const pattern = `^https?://(${host})(:${port})?([/?#][^\\u0000-\\u0020\\u007f]*)?$`;
const shape = new RegExp(pattern);

/** Where a webhook's events are sent. */
export const webhookUrl = z
  .string()
  .refine((text) => countCharacters(text) <= maxUrlLength, {
    error: `The URL is longer than ${maxUrlLength} characters.`,
  })
  .refine((text) => !hasCredentials(text), {
    error:
      "The URL contains a user name or a password. Remove them. Deliveries are signed: verify the signature instead.",
    abort: true,
  })
  // What the shape can't say: whether a name that begins with xn-- is one.
  .refine((text) => shape.test(text) && URL.canParse(text), {
    error:
      "Give an absolute URL that begins with https:// or http://, without spaces, and with the name of " +
      "its host in ASCII.",
  })
  .meta({ example: "https://example.com/hooks/video", maxLength: maxUrlLength, pattern });

function hasCredentials(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username !== "" || password !== "";
}
