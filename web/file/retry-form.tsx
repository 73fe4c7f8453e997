import { presets } from "@transpod/contract/presets.ts";
import type { TranscodeSettings } from "@transpod/contract/transcode-settings.ts";
import { words } from "../words.ts";

interface RetryFormProps {
  settings: TranscodeSettings;
  onStart: (settings: TranscodeSettings) => Promise<unknown>;
}

/** All settings of an attempt, beginning with those of the last one. */
export function RetryForm({ settings, onStart }: RetryFormProps) {
  const s = words.settings;
  return (
    <form
      class="settings"
      aria-label={s.title}
      onSubmit={(event) => {
        event.preventDefault();
        void onStart(readSettings(new FormData(event.currentTarget)));
      }}
    >
      <Choice name="quality" label={s.quality} choices={s.qualities} value={settings.quality} />
      <Choice
        name="if_larger"
        label={s.ifLarger}
        choices={s.ifLargerChoices}
        value={settings.if_larger}
      />
      <Choice
        name="on_damage"
        label={s.onDamage}
        choices={s.onDamageChoices}
        value={settings.on_damage}
      />
      <Choice
        name="location"
        label={s.location}
        choices={s.locationChoices}
        value={settings.location}
      />
      <details>
        <summary>{s.more}</summary>
        <Choice
          name="preset"
          label={s.preset}
          choices={{
            "": s.presetDefault,
            ...Object.fromEntries(presets.map((preset) => [preset, preset])),
          }}
          value={settings.preset ?? ""}
        />
        <NumberField name="crf" label={s.crf} hint={s.crfHint} max={51} value={settings.crf} />
        <NumberField
          name="workers"
          label={s.workers}
          hint={s.workersHint}
          max={100}
          value={settings.workers === "auto" ? undefined : settings.workers}
        />
      </details>
      <button class="primary">{s.start}</button>
    </form>
  );
}

interface ChoiceProps {
  name: string;
  label: string;
  choices: Readonly<Record<string, string>>;
  value: string;
}

export function Choice({ name, label, choices, value }: ChoiceProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <select name={name} defaultValue={value}>
        {Object.entries(choices).map(([choice, text]) => (
          <option key={choice} value={choice} selected={choice === value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

interface NumberFieldProps {
  name: string;
  label: string;
  hint: string;
  max: number;
  value: number | undefined;
}

function NumberField({ name, label, hint, max, value }: NumberFieldProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        name={name}
        type="number"
        min={1}
        max={max}
        defaultValue={value}
        aria-describedby={`${name}-hint`}
      />
      <small id={`${name}-hint`}>{hint}</small>
    </label>
  );
}

function readSettings(form: FormData): TranscodeSettings {
  const text = (name: string) => {
    const value = form.get(name);
    return typeof value === "string" ? value : "";
  };
  const [crf, preset, workers] = [text("crf"), text("preset"), text("workers")];
  // The server checks them again.
  return {
    quality: text("quality"),
    if_larger: text("if_larger"),
    on_damage: text("on_damage"),
    location: text("location"),
    workers: workers === "" ? "auto" : Number(workers),
    ...(crf === "" ? {} : { crf: Number(crf) }),
    ...(preset === "" ? {} : { preset }),
  } as TranscodeSettings;
}
