export interface PixelFormat {
  chroma: "4:0:0" | "4:2:0" | "4:2:2" | "4:4:4" | "RGB";
  bits: number;
}

/** Reads ffmpeg's names of planar formats: `yuv420p10le`, `yuvj422p`, `gray12le`, `gbrp`. */
export function pixelFormatOf(name: string): PixelFormat {
  const bits = Number(/(\d+)(?:le|be)$/.exec(name)?.[1] ?? 8);
  if (name.startsWith("gray")) return { chroma: "4:0:0", bits };
  if (name.startsWith("gbr")) return { chroma: "RGB", bits };
  const subsampling = /^yuvj?(4\d\d)p/.exec(name)?.[1];
  if (subsampling === "422") return { chroma: "4:2:2", bits };
  if (subsampling === "444") return { chroma: "4:4:4", bits };
  return { chroma: "4:2:0", bits };
}
