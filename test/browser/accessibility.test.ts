import { afterAll, beforeAll, expect, test } from "vitest";
import { expectNoViolations } from "./axe.ts";
import { openPage, startBrowserTest, type BrowserTest } from "./browser.ts";
import { expectedFaults, fill, screens, type Shown } from "./every-screen.ts";

let running: BrowserTest;
let shown: Shown;
beforeAll(async () => {
  running = await startBrowserTest();
  shown = await fill(running);
});
afterAll(() => running?.stop());

test.for(Object.entries(screens))(
  "axe finds nothing wrong in both themes: %s",
  async ([, screen]) => {
    // Some colours change over a time.
    const options = { reducedMotion: "reduce" } as const;
    await using watched = await openPage(running, screen.path(shown), options);
    const { page } = watched;
    watched.expectFaults(...expectedFaults);
    await page.locator(screen.ready).first().waitFor();
    await screen.act?.(page, shown);
    await expectNoViolations(page);
  },
);

test.for([320, 390])(
  "nothing is wider than a phone of %i px, and what can be chosen can be read",
  async (width) => {
    const options = { viewport: { width, height: 640 } };
    await using watched = await openPage(running, "/", options);
    const { page } = watched;
    watched.expectFaults(...expectedFaults);
    const wrong: string[] = [];
    for (const [name, screen] of Object.entries(screens)) {
      await page.goto(screen.path(shown));
      await page.locator(screen.ready).first().waitFor();
      await screen.act?.(page, shown);
      const { widest, narrowest } = await page.evaluate(() => ({
        widest: document.documentElement.scrollWidth,
        narrowest: Math.min(
          ...[...document.querySelectorAll("select")].map((select) => select.offsetWidth),
        ),
      }));
      if (widest > width) wrong.push(`${name} is ${widest} px wide`);
      if (narrowest < 100) wrong.push(`${name} has a choice of ${narrowest} px`);
    }
    expect(wrong).toEqual([]);
  },
);
