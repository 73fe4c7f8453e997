import type { TranscodeSettings } from "@transpod/contract/transcode-settings.ts";

export interface PutOptions {
  url: string;
  watch?: boolean;
  output?: string;
  parallel: number;
  priority?: number;
  deleteOriginal?: boolean;
  json?: boolean;
  partThreshold?: number;
  settings: Partial<TranscodeSettings>;
  signal: AbortSignal;
}
