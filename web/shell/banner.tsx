import { connection } from "../events.ts";
import { words } from "../words.ts";

/** Says why what is shown may be old. */
export function Banner() {
  const state = connection.value;
  return (
    <div role="status">
      {(state === "offline" || state === "lost") && <p class="banner">{words.connection[state]}</p>}
    </div>
  );
}
