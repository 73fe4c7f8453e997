const keptLines = 20;

/**
 * Errors that the demuxer or a decoder found in the source; the muxer for .mov is `mov` alone.
 * What encoders and muxers mind is no fault of the source.
 */
const sourceError = /^\[(?:h264|hevc|aac|mov,[^\]]*) @ [^\]]*\] \[(?:error|fatal|panic)\]/;

/** What ffmpeg says on stderr: the last lines of it, and how many are errors in the source. */
export class Diagnostics {
  readonly lines: string[] = [];
  errorCount = 0;

  push(line: string): void {
    if (line.trim() === "") return;
    if (sourceError.test(line)) this.errorCount += 1;
    this.lines.push(line);
    if (this.lines.length > keptLines) this.lines.shift();
  }
}
