import { z } from "zod";
import { scopes } from "./api-keys.ts";

/** The shapes of sessions: browsers that are signed in with an API key. */

export const sessionRequest = z
  .strictObject({ api_key: z.string().min(1).max(200).meta({ example: "transpod_..." }) })
  .meta({ id: "SessionRequest" });

export const session = z
  .object({
    auth: z
      .enum(["on", "off"])
      .meta({ description: "With `off` no key is needed, and every request is allowed." }),
    key: z
      .object({ id: z.string(), name: z.string(), scopes: z.array(z.enum(scopes)) })
      .nullable()
      .meta({ description: "The key that the request was authenticated with; null for none." }),
    max_upload_bytes: z.int().meta({ description: "The largest file that may be uploaded." }),
  })
  .meta({ id: "Session" });

export type Session = z.infer<typeof session>;
