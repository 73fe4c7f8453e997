import { useEffect, useRef, useState } from "preact/hooks";
import { words } from "../words.ts";
import { filesIn, isVideoName } from "./collect.ts";

interface DropZoneProps {
  onFiles: (files: File[]) => void;
}

/** Files can be dropped anywhere on the page, pasted, or chosen with these buttons. */
export function DropZone({ onFiles }: DropZoneProps) {
  const u = words.upload;
  const [over, setOver] = useState(false);
  const take = useRef(onFiles);
  take.current = onFiles;
  useEffect(() => listen((files) => take.current(files), setOver), []);
  return (
    <div class={over ? "drop over" : "drop"}>
      <p class="drop-title">{u.drop}</p>
      <p class="hint">{u.dropHint}</p>
      <div class="drop-buttons">
        <Chooser label={u.choose} primary onFiles={onFiles} />
        <Chooser label={u.chooseFolder} folder onFiles={onFiles} />
      </div>
    </div>
  );
}

interface ChooserProps {
  label: string;
  primary?: boolean;
  folder?: boolean;
  onFiles: (files: File[]) => void;
}

export function Chooser({ label, primary = false, folder = false, onFiles }: ChooserProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class={primary ? "primary" : ""} onClick={() => input.current?.click()}>
        {label}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        {...(folder
          ? { webkitdirectory: true }
          : { accept: ".mp4,.mov,video/mp4,video/quicktime" })}
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          onFiles(folder ? files.filter(({ name }) => isVideoName(name)) : files);
          // So that the same file can be chosen again.
          currentTarget.value = "";
        }}
      />
    </>
  );
}

function listen(onFiles: (files: File[]) => void, onOver: (over: boolean) => void): () => void {
  const listening = new AbortController();
  const { signal } = listening;
  const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes("Files") ?? false;
  const takeAll = async (transfer: DataTransfer | null) => {
    if (transfer === null) return;
    const isFolder = [...transfer.items].some((item) => item.webkitGetAsEntry()?.isDirectory);
    const files = await filesIn(transfer);
    if (files.length > 0) onFiles(isFolder ? files.filter(({ name }) => isVideoName(name)) : files);
  };
  const drag = (event: DragEvent) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    onOver(true);
  };
  addEventListener("dragover", drag, { signal });
  addEventListener(
    "dragleave",
    // It also comes when the pointer goes from one element to another.
    ({ relatedTarget }) => relatedTarget === null && onOver(false),
    { signal },
  );
  addEventListener(
    "drop",
    (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      onOver(false);
      void takeAll(event.dataTransfer);
    },
    { signal },
  );
  addEventListener("paste", ({ clipboardData }) => void takeAll(clipboardData), { signal });
  return () => listening.abort();
}
