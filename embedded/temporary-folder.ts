import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** For tests: a new folder, closed to other users, that is removed after the test and its afterEach. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "transpod-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
