import type { TranscodeSettings } from "@transpod/contract/transcode-settings.ts";
import { Choice } from "../file/retry-form.tsx";
import { words } from "../words.ts";
import { readStored, store } from "../stored.ts";

const key = "transpod.settings";

/** What was chosen last in this browser. */
export function lastSettings(): Partial<TranscodeSettings> {
  return readStored(key, {});
}

/** What most people may want to choose, folded away. Kept in the browser for the next time. */
export function UploadSettings() {
  const s = words.settings;
  const last = lastSettings();
  return (
    <details class="upload-settings">
      <summary>{words.upload.settings}</summary>
      <form class="settings" onChange={({ currentTarget }) => store(key, readForm(currentTarget))}>
        <Choice
          name="quality"
          label={s.quality}
          choices={s.qualities}
          value={last.quality ?? "balanced"}
        />
        <Choice
          name="if_larger"
          label={s.ifLarger}
          choices={s.ifLargerChoices}
          value={last.if_larger ?? "keep"}
        />
        <Choice
          name="location"
          label={s.location}
          choices={s.locationChoices}
          value={last.location ?? "keep"}
        />
      </form>
    </details>
  );
}

/** The server checks them. */
function readForm(form: HTMLFormElement): Partial<TranscodeSettings> {
  return Object.fromEntries(new FormData(form));
}
