import { useState } from "preact/hooks";
import type { FileEventType, WebhookCreated } from "@transpod/contract/webhooks.ts";
import { request } from "../api.ts";
import { copy } from "../shell/attempt.ts";
import { explain } from "../shell/explain.ts";
import { words } from "../words.ts";

export function AddWebhook({ onAdded }: { onAdded: () => void }) {
  const { webhooks: text } = words;
  const [created, setCreated] = useState<WebhookCreated>();
  const [problem, setProblem] = useState("");
  const add = async (form: HTMLFormElement): Promise<void> => {
    const data = new FormData(form);
    try {
      const body = { url: data.get("url"), events: data.getAll("events") };
      setCreated(await request<WebhookCreated>("POST", "/webhooks", { body }));
      setProblem("");
      form.reset();
      onAdded();
    } catch (error) {
      setProblem(explain(error));
    }
  };
  return (
    <form
      class="settings"
      aria-labelledby="add-title"
      onSubmit={(event) => {
        event.preventDefault();
        void add(event.currentTarget);
      }}
    >
      <h2 id="add-title">{text.add}</h2>
      {created && <Secret webhook={created} />}
      <label class="field">
        <span>{text.url}</span>
        <input
          type="url"
          name="url"
          required
          placeholder="https://"
          aria-invalid={problem !== ""}
          aria-describedby="url-problem"
        />
        <small id="url-problem" class="problem" role="alert">
          {problem}
        </small>
      </label>
      <fieldset>
        <legend>{text.events}</legend>
        {(Object.keys(text.event) as FileEventType[]).map((type) => (
          <label key={type} class="check">
            <input type="checkbox" name="events" value={type} defaultChecked />
            {text.event[type]}
          </label>
        ))}
      </fieldset>
      <button class="primary">{text.add}</button>
    </form>
  );
}

function Secret({ webhook: { secret } }: { webhook: WebhookCreated }) {
  const { webhooks: text } = words;
  return (
    <div class="secret" role="status">
      <p>{text.secret}</p>
      <code>{secret}</code>
      <button type="button" onClick={() => void copy(secret, text.copied)}>
        {text.copy}
      </button>
    </div>
  );
}
