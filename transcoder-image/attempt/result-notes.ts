/** Notes that need the result: errors of the encode, and sizes in bytes. Pure. */
export function resultNotes(errorCount: number, before: number, after: number): string[] {
  const notes: string[] = [];
  if (errorCount > 0) {
    notes.push(
      `ffmpeg reported ${errorCount} error${errorCount === 1 ? "" : "s"} while reading the source; it ` +
        "may be slightly damaged.",
    );
  }
  if (after > before) notes.push(`The result is ${growthInWords(after / before)} the source.`);
  return notes;
}

function growthInWords(growth: number): string {
  if (growth >= 2) return `${growth.toFixed(1)} times as large as`;
  const percent = Math.round((growth - 1) * 100);
  return `${percent < 1 ? "less than 1" : percent} % larger than`;
}
