import { useEffect, useState } from "preact/hooks";
import type { Webhook, WebhookList } from "@transpod/contract/webhooks.ts";
import { request } from "../api.ts";
import { may, noticeRefusal } from "../session.ts";
import { Failure, Loading, Notice } from "../shell/notice.tsx";
import { useTitle } from "../shell/use-title.ts";
import { words } from "../words.ts";
import { AddWebhook } from "./add-webhook.tsx";
import { WebhookCard } from "./webhook-card.tsx";

export function WebhooksPage() {
  const { webhooks: text } = words;
  useTitle(text.title);
  if (!may("admin"))
    return (
      <Notice whole title={text.forbidden}>
        {text.forbiddenNext}
      </Notice>
    );
  return (
    <>
      <header class="screen-head">
        <h1>{text.title}</h1>
      </header>
      <p class="intro">{text.intro}</p>
      <Webhooks />
    </>
  );
}

function Webhooks() {
  const { webhooks: text } = words;
  const [webhooks, setWebhooks] = useState<readonly Webhook[]>();
  const [failure, setFailure] = useState<unknown>(null);
  const load = async (): Promise<void> => {
    try {
      const answer = await request<WebhookList>("GET", "/webhooks");
      setWebhooks(answer.webhooks);
      setFailure(null);
    } catch (error) {
      noticeRefusal(error);
      setFailure(error);
    }
  };
  useEffect(() => void load(), []);
  if (failure !== null) return <Failure error={failure} again={() => void load()} />;
  if (webhooks === undefined) return <Loading />;
  return (
    <>
      <ul class="cards">
        {webhooks.length === 0 && (
          <li class="card">
            <h2>{text.empty}</h2>
            <p class="hint">{text.emptyNext}</p>
          </li>
        )}
        {webhooks.map((webhook) => (
          <li key={webhook.webhook_id}>
            <WebhookCard webhook={webhook} onChange={() => void load()} />
          </li>
        ))}
      </ul>
      <AddWebhook onAdded={() => void load()} />
    </>
  );
}
