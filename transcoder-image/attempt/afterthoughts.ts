/** Sentences that only the result can tell: what the encode found, and sizes in bytes. Pure. */
export function afterthoughts(errorCount: number, before: number, after: number): string[] {
  return [
    ...(errorCount > 0
      ? [
          `ffmpeg reported ${errorCount} error${errorCount === 1 ? "" : "s"} while reading the source; it may be slightly damaged.`,
        ]
      : []),
    ...(after > before * 1.1
      ? [`The result is ${(after / before).toFixed(1)} times as large as the source.`]
      : []),
  ];
}
