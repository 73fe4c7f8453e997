const keptLines = 20;

/**
 * Errors that the demuxer or a decoder found in the source; the muxer for .mov is `mov` alone.
 * Errors of encoders and muxers are not errors of the source.
 */
const sourceError = /^\[(?:h264|hevc|aac|mov,[^\]]*) @ [^\]]*\] \[(?:error|fatal|panic)\]/;

/** ffmpeg's stderr: the last lines, and the number of errors in the source. */
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
