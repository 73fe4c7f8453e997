import { useEffect, useState } from "preact/hooks";
import type { Delivery, DeliveryList } from "@transpod/contract/webhooks.ts";
import { request } from "../api.ts";
import { formatTime } from "../format.ts";
import { attempt } from "../shell/attempt.ts";
import { Failure, Loading } from "../shell/notice.tsx";
import { words } from "../words.ts";
import { nextLookMs } from "./next-look.ts";

/** The newest of them. */
const shown = 20;

export function Deliveries({ webhookId }: { webhookId: string }) {
  const { webhooks: text } = words;
  const [deliveries, setDeliveries] = useState<readonly Delivery[]>();
  const [failure, setFailure] = useState<unknown>(null);
  const path = `/webhooks/${webhookId}/deliveries`;
  const load = async (): Promise<void> => {
    try {
      setDeliveries((await request<DeliveryList>("GET", `${path}?limit=${shown}`)).deliveries);
      setFailure(null);
    } catch (error) {
      setFailure(error);
    }
  };
  useEffect(() => void load(), [path]);
  useEffect(() => {
    const ms = nextLookMs(deliveries ?? [], Date.now());
    if (ms === null) return;
    const timer = setTimeout(() => void load(), ms);
    return () => clearTimeout(timer);
  }, [deliveries]);
  const replay = async (deliveryId: string): Promise<void> => {
    const again = () => request("POST", `${path}/${deliveryId}/replay`);
    if (await attempt(again, text.replayed)) await load();
  };
  if (failure !== null) return <Failure error={failure} again={() => void load()} />;
  if (deliveries === undefined) return <Loading />;
  if (deliveries.length === 0) return <p class="hint">{text.noDeliveries}</p>;
  return (
    <div class="scroll" role="region" aria-label={text.deliveries} tabIndex={0}>
      <table class="deliveries">
        <thead>
          <tr>
            {Object.values(text.table).map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {deliveries.map((delivery) => (
            <Row key={delivery.delivery_id} delivery={delivery} onReplay={replay} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function answerOf({ last_http_status, last_error }: Delivery): string {
  const { webhooks: text } = words;
  if (last_error !== null) return last_error;
  return last_http_status === null ? text.noAnswer : text.accepted(last_http_status);
}

interface RowProps {
  delivery: Delivery;
  onReplay: (deliveryId: string) => Promise<void>;
}

function Row({ delivery, onReplay }: RowProps) {
  const { webhooks: text } = words;
  const { delivery_id, payload, status, tries, created_at } = delivery;
  const type = payload.type === "webhook.test" ? text.testEvent : text.event[payload.type];
  return (
    <tr>
      <td>{payload.data.file_name === undefined ? type : `${type}: ${payload.data.file_name}`}</td>
      <td>{text[status]}</td>
      <td>
        {answerOf(delivery)} {tries > 1 && text.tries(tries)}
      </td>
      <td>{formatTime(created_at)}</td>
      <td>
        {status !== "pending" && (
          <button type="button" onClick={() => void onReplay(delivery_id)}>
            {text.replay}
          </button>
        )}
      </td>
    </tr>
  );
}
