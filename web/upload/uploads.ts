import { computed, signal } from "@preact/signals";
import type { TranscodeSettings } from "@transpod/contract/transcode-settings.ts";
import { stateOf } from "./send.ts";
import { forget, unfinishedUploads } from "./unfinished.ts";
import { Upload, type Phase } from "./upload.ts";

/** More at the same time would share the same network. */
const atOnce = 2;

export const uploads = signal<readonly Upload[]>([]);

const busyPhases: ReadonlySet<Phase> = new Set(["sending", "retrying", "offline"]);
const isBusy = ({ phase }: Upload) => busyPhases.has(phase.value);

/** It is sent, or will be without anybody doing something. */
export const isUnderWay = (upload: Upload) => isBusy(upload) || upload.phase.value === "waiting";

/** Whether leaving the page would interrupt something. */
export const isSending = computed(() => uploads.value.some(isUnderWay));

/** Looks into each file and sends it when there is room. A file whose upload was begun before a reload goes on. */
export function addFiles(files: readonly File[], settings: Partial<TranscodeSettings>): void {
  for (const file of files) void add(file, settings);
}

async function add(file: File, settings: Partial<TranscodeSettings>): Promise<void> {
  const lost = await lostOf(file);
  const upload = lost ?? new Upload(file, settings);
  if (lost === undefined) uploads.value = [...uploads.value, upload];
  await upload.lookInto();
  startNext();
}

async function lostOf(file: File): Promise<Upload | undefined> {
  for (const upload of uploads.value) {
    // oxlint-disable-next-line no-await-in-loop -- the first one takes it
    if (await upload.takes(file)) return upload;
  }
  return undefined;
}

/** Shows what was begun in this browser and not finished. */
export async function restore(): Promise<void> {
  const known = new Set(uploads.value.map(({ fileId }) => fileId));
  for (const unfinished of unfinishedUploads()) {
    if (known.has(unfinished.fileId)) continue;
    const state = await stateOf(unfinished.fileId).catch(() => "awaited" as const);
    if (state === "awaited") uploads.value = [...uploads.value, new Upload(unfinished)];
    else forget(unfinished.fileId);
  }
}

export function pause(upload: Upload): void {
  upload.pause();
  startNext();
}

export function resume(upload: Upload): void {
  upload.resume();
  startNext();
}

export function pauseAll(): void {
  for (const upload of uploads.value) {
    if (isUnderWay(upload)) upload.pause();
  }
}

export function resumeAll(): void {
  for (const upload of uploads.value) if (upload.phase.value === "paused") upload.resume();
  startNext();
}

/** Removes it from the page; what was announced and not sent is deleted. */
export async function remove(upload: Upload): Promise<void> {
  uploads.value = uploads.value.filter((other) => other !== upload);
  if (upload.phase.value !== "done") await upload.cancel();
  startNext();
}

export function removeDone(): void {
  uploads.value = uploads.value.filter(({ phase }) => phase.value !== "done");
}

function startNext(): void {
  const free = atOnce - uploads.value.filter(isBusy).length;
  const waiting = uploads.value.filter(({ phase }) => phase.value === "waiting");
  for (const upload of waiting.slice(0, Math.max(0, free))) void upload.run().then(startNext);
}
