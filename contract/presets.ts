/** Presets that both x264 and x265 have, from fast to slow. Apart from the schemas, which are too large for a browser. */
export const presets = ["ultrafast", "veryfast", "fast", "medium", "slow", "slower"] as const;

export type Preset = (typeof presets)[number];
