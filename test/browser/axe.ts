import axe from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** axe finds nothing wrong in what the page shows now, in the light theme and in the dark one. */
export async function expectNoViolations(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  for (const colorScheme of ["light", "dark"] as const) {
    // oxlint-disable-next-line no-await-in-loop -- one page
    await page.emulateMedia({ colorScheme });
    // oxlint-disable-next-line no-await-in-loop -- one page
    expect(await violationsOf(page)).toEqual([]);
  }
}

/** Each as `rule: element`. */
async function violationsOf(page: Page): Promise<string[]> {
  const { violations } = await page.evaluate(async () => {
    const { axe: there } = window as unknown as { axe: typeof axe };
    // What people say to a speech control is what they see; axe calls the rule experimental and does not run it.
    return await there.run({ rules: { "label-content-name-mismatch": { enabled: true } } });
  });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}
