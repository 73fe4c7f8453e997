import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { WebhookEvent } from "@transpod/contract/webhooks.ts";

export interface Received {
  /** The header webhook-id. */
  id: string;
  headers: IncomingHttpHeaders;
  body: string;
  event: WebhookEvent;
}

type Respond = (received: Received, response: ServerResponse) => void;

/** A receiver of webhooks on a real socket. It accepts everything unless `respond` is set. */
export async function startReceiver() {
  const received: Received[] = [];
  const receiver = {
    url: "",
    received,
    respond: ((_received, response) => void response.writeHead(204).end()) as Respond,
    /** The types of the events of a file, in the order in which they came. */
    typesOf: (fileId: string) =>
      received.flatMap(({ event }) => (event.data.file_id === fileId ? [event.type] : [])),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  const server = createServer((request, response) => void take(request, response));
  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const { headers } = request;
    const event = JSON.parse(body) as WebhookEvent;
    const one = { id: String(headers["webhook-id"]), headers, body, event };
    received.push(one);
    receiver.respond(one, response);
  }
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  return receiver;
}

export type Receiver = Awaited<ReturnType<typeof startReceiver>>;
