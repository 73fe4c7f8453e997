import { useEffect } from "preact/hooks";
import { words } from "../words.ts";
import { Chooser, DropZone } from "./drop-zone.tsx";
import { UploadRow } from "./upload-row.tsx";
import { lastSettings, UploadSettings } from "./upload-settings.tsx";
import {
  addFiles,
  isSending,
  pauseAll,
  removeDone,
  restore,
  resumeAll,
  uploads,
} from "./uploads.ts";
import "./upload.css";

const take = (files: File[]) => addFiles(files, lastSettings());

/** Where videos are added, and those that are on their way. They go on while other screens are shown. */
export function UploadPanel() {
  useEffect(() => void restore(), []);
  useEffect(() => warnBeforeLeaving(), []);
  return (
    <section class="upload" aria-label={words.upload.title}>
      <DropZone onFiles={take} />
      <UploadSettings />
      {uploads.value.length > 0 && <Uploads />}
    </section>
  );
}

function Uploads() {
  const u = words.upload;
  const all = uploads.value;
  const has = (phase: string) => all.some((upload) => upload.phase.value === phase);
  return (
    <>
      <div class="upload-head">
        <h2>{u.uploads}</h2>
        {has("lost") && <Chooser label={u.chooseAgain} onFiles={take} />}
        {isSending.value && all.length > 1 && (
          <button type="button" onClick={pauseAll}>
            {u.pauseAll}
          </button>
        )}
        {has("paused") && all.length > 1 && (
          <button type="button" onClick={resumeAll}>
            {u.resumeAll}
          </button>
        )}
        {has("done") && (
          <button type="button" class="plain" onClick={removeDone}>
            {u.dismissDone}
          </button>
        )}
      </div>
      <ul class="uploads">
        {all.map((upload) => (
          <UploadRow key={upload.id} upload={upload} />
        ))}
      </ul>
    </>
  );
}

/** The browser asks. What was begun can go on after a reload, but not by itself. */
function warnBeforeLeaving(): () => void {
  const warn = (event: BeforeUnloadEvent) => {
    if (isSending.value) event.preventDefault();
  };
  addEventListener("beforeunload", warn);
  return () => removeEventListener("beforeunload", warn);
}
