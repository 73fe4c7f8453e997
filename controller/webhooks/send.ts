import { createHmac } from "node:crypto";
import { Agent, request } from "undici";
import {
  lookupPublic,
  PrivateAddressError,
  refusePrivateHost,
} from "@transpod/runtime/public-address.ts";
import type { TakenDelivery } from "@transpod/store/deliveries.ts";
import type { Reply } from "./judge-answer.ts";
import { secondsIn } from "./retry-after.ts";

export type Message = Pick<TakenDelivery, "delivery_id" | "payload" | "url" | "secret">;

export interface Sender {
  /** Never throws: an error is an answer too. */
  send(message: Message): Promise<Reply>;
  close(): Promise<void>;
}

/** For the whole request: name lookup, connecting, and the answer up to its last byte. */
export const timeoutSeconds = 10;
/** The limit for reading an answer. The answer is not stored: it might come from a private address. */
const answerLimitBytes = 16 * 1024;

/** Sends to receivers; without `allowPrivate` only to public addresses. */
export function createSender({ allowPrivate }: { allowPrivate: boolean }): Sender {
  const agent = new Agent({ connect: allowPrivate ? {} : { lookup: lookupPublic } });
  return {
    async send(message) {
      const signal = AbortSignal.timeout(timeoutSeconds * 1_000);
      try {
        const url = new URL(message.url);
        // There is no lookup for a literal address, so it is checked here.
        if (!allowPrivate) refusePrivateHost(url);
        const body = JSON.stringify(message.payload);
        const headers = headersOf(message, body, Math.floor(Date.now() / 1_000));
        const options = { method: "POST", headers, body, dispatcher: agent, signal } as const;
        const answer = await request(url, options);
        await answer.body.dump({ limit: answerLimitBytes, signal }).catch(() => {});
        const { statusCode, headers: said } = answer;
        return {
          http_status: statusCode,
          error: complaint(statusCode),
          // An array when the header is repeated, which RFC 9110 does not allow.
          retry_after_seconds:
            typeof said["retry-after"] === "string"
              ? secondsIn(said["retry-after"], Date.now())
              : null,
        };
      } catch (error) {
        return { http_status: null, error: sentenceOf(error), retry_after_seconds: null };
      }
    },
    close: () => agent.destroy(),
  };
}

/** As https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md says. */
function headersOf({ delivery_id, secret }: Message, body: string, timestamp: number) {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const signed = `${delivery_id}.${timestamp}.${body}`;
  return {
    "content-type": "application/json",
    "user-agent": "Transpod",
    "webhook-id": delivery_id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": `v1,${createHmac("sha256", key).update(signed).digest("base64")}`,
  };
}

function complaint(status: number): string | null {
  if (status >= 200 && status < 300) return null;
  const redirected = status >= 300 && status < 400;
  const advice = redirected ? " Redirects are not followed: use the final URL." : "";
  return `The receiver answered ${status}.${advice}`;
}

const untrusted = "its certificate is not trusted";
const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "it closed the connection",
  UND_ERR_SOCKET: "it closed the connection",
  EHOSTUNREACH: "there is no route to it",
  ENETUNREACH: "there is no route to it",
  ENOTFOUND: "its name is not known",
  EAI_AGAIN: "its name could not be looked up",
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
};

function sentenceOf(error: unknown): string {
  if (error instanceof PrivateAddressError) {
    return `${error.message} Webhooks to private addresses need WEBHOOK_ALLOW_PRIVATE=on.`;
  }
  const { name, message, code } = error as NodeJS.ErrnoException;
  if (name === "TimeoutError") return `The receiver did not answer within ${timeoutSeconds} s.`;
  const reason = reasons[code ?? ""];
  if (reason !== undefined) return `The receiver can't be reached: ${reason} (${code}).`;
  // When several addresses refuse, Node's error has no message.
  return `The receiver can't be reached: ${message || code || name}.`;
}
