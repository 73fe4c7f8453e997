import { signal } from "@preact/signals";
import { words } from "../words.ts";
import { announcement } from "./announce.ts";

interface Toast {
  id: number;
  text: string;
  bad: boolean;
  undo?: () => void;
}

const toasts = signal<readonly Toast[]>([]);
const shownMs = 6000;
let nextId = 1;

/** Shows a sentence for some seconds. Returns how to take it away earlier. */
export function toast(text: string, options: { bad?: boolean; undo?: () => void } = {}) {
  const id = nextId++;
  const close = (): void => {
    toasts.value = toasts.value.filter((other) => other.id !== id);
  };
  toasts.value = [...toasts.value, { id, text, bad: false, ...options }];
  setTimeout(close, shownMs);
  return close;
}

export function Toasts() {
  return (
    <>
      <div class="toasts" role="status">
        {toasts.value.map(({ id, text, bad, undo }) => (
          <p key={id} class={bad ? "toast bad" : "toast"}>
            {text}
            {undo && (
              <button type="button" class="plain" onClick={undo}>
                {words.list.undo}
              </button>
            )}
          </p>
        ))}
      </div>
      <p class="unseen" role="status">
        {announcement.value}
      </p>
    </>
  );
}
