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
  /** Never throws: what goes wrong is the answer. */
  send(message: Message): Promise<Reply>;
  close(): Promise<void>;
}

/** For all of it: looking up the name, connecting, and the answer's last byte. */
export const timeoutSeconds = 10;
/** More of an answer is not read. Nothing of it is kept: it might be from where nobody may look. */
const answerLimitBytes = 16 * 1024;

/** Sends to receivers; unless `allowPrivate`, only to those on the public internet. */
export function createSender({ allowPrivate }: { allowPrivate: boolean }): Sender {
  const agent = new Agent({ connect: allowPrivate ? {} : { lookup: lookupPublic } });
  return {
    async send(message) {
      const signal = AbortSignal.timeout(timeoutSeconds * 1_000);
      try {
        const url = new URL(message.url);
        // Nothing is looked up for an address.
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
  const advice = redirected ? " Redirects are not followed: give the URL that it leads to." : "";
  return `The receiver answered ${status}.${advice}`;
}

function sentenceOf(error: unknown): string {
  if (error instanceof PrivateAddressError) {
    return `${error.message} Webhooks lead there only with WEBHOOK_ALLOW_PRIVATE=on.`;
  }
  const { name, message, code } = error as NodeJS.ErrnoException;
  if (name === "TimeoutError") return `The receiver did not answer within ${timeoutSeconds} s.`;
  // When several addresses refuse, Node's error has no message.
  return `The receiver can't be reached: ${message || code || name}.`;
}
