import { useState } from "preact/hooks";
import type { Webhook } from "@transpod/contract/webhooks.ts";
import { request } from "../api.ts";
import { formatTime } from "../format.ts";
import { attempt } from "../shell/attempt.ts";
import { words } from "../words.ts";
import { Deliveries } from "./deliveries.tsx";

interface WebhookCardProps {
  webhook: Webhook;
  onChange: () => void;
}

export function WebhookCard({ webhook, onChange }: WebhookCardProps) {
  const { webhooks: text } = words;
  const { webhook_id, url, events, enabled, paused_until } = webhook;
  const [shown, setShown] = useState(false);
  const [round, setRound] = useState(0);
  const path = `/webhooks/${webhook_id}`;
  const act = async (action: () => Promise<unknown>, done?: string): Promise<void> => {
    if (!(await attempt(action, done))) return;
    setRound((n) => n + 1);
    onChange();
  };
  return (
    <article class="card">
      <header>
        <h2>{url}</h2>
        <span class={enabled ? "state completed" : "state cancelled"}>
          {enabled ? text.enabled : text.disabled}
        </span>
      </header>
      {paused_until && <p class="hint">{text.paused(formatTime(paused_until))}</p>}
      <p class="hint">{events.map((type) => text.event[type]).join(", ")}</p>
      <div class="buttons">
        <button
          type="button"
          onClick={() => void act(() => request("POST", `${path}/test`), text.tested)}
        >
          {text.test}
        </button>
        <button
          type="button"
          onClick={() => void act(() => request("PATCH", path, { body: { enabled: !enabled } }))}
        >
          {enabled ? text.disable : text.enable}
        </button>
        <button type="button" aria-expanded={shown} onClick={() => setShown(!shown)}>
          {shown ? text.hide : text.show}
        </button>
        <button
          type="button"
          class="danger"
          onClick={() => void act(() => request("DELETE", path), text.removed)}
        >
          {text.remove}
        </button>
      </div>
      {shown && <Deliveries key={round} webhookId={webhook_id} />}
    </article>
  );
}
