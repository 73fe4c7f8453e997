import { afterAll, beforeAll, expect, test } from "vitest";
import type pg from "pg";
import { parseApiKey } from "@transpod/contract/api-keys.ts";
import { revokeApiKey } from "@transpod/store/api-keys.ts";
import { insertTestKey } from "../api-key.ts";
import { expectNoViolations } from "./axe.ts";
import { openPage, startBrowserTest, type BrowserTest, type WatchedPage } from "./browser.ts";
import { openDatabase } from "./videos.ts";

let running: BrowserTest;
let pool: pg.Pool;
beforeAll(async () => {
  running = await startBrowserTest({ AUTH: "on" });
  pool = await openDatabase(running);
});
afterAll(async () => {
  await pool?.end();
  await running?.stop();
});

async function signIn({ page }: WatchedPage, key: string): Promise<void> {
  await page.getByLabel("API key").fill(key);
  await page.getByRole("button", { name: "Sign in" }).click();
}

test("a wrong key is refused with a sentence, and the right one opens the list", async () => {
  await using watched = await openPage(running, "/", { reducedMotion: "reduce" });
  watched.expectFaults(/401/);
  const { page } = watched;
  await signIn(watched, `transpod_${"0".repeat(16)}_${"0".repeat(64)}`);
  await page.getByText("This key is not known or was revoked.").waitFor();
  await expectNoViolations(page);
  await signIn(watched, await insertTestKey(pool, "read", "write"));
  await page.getByText("No videos yet").waitFor();
  await page.getByRole("button", { name: "Choose videos" }).waitFor();
  expect(await page.evaluate(() => document.cookie)).toBe("");
  await page.reload();
  await page.getByText("No videos yet").waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("API key").waitFor();
});

test("a key that may only read sees no button that it may not press", async () => {
  await using watched = await openPage(running);
  watched.expectFaults(/401/);
  const { page } = watched;
  const key = await insertTestKey(pool, "read");
  await pool.query(
    `insert into files (file_id, file_name, s3_key, upload_until, api_key_id)
     values (gen_random_uuid(), 'film.mp4', 'film.mp4', now() + interval '1 day', $1)`,
    [parseApiKey(key)!.keyId],
  );
  await signIn(watched, key);
  await page.locator(".row", { hasText: "film.mp4" }).waitFor();
  expect(await page.getByRole("button", { name: "Choose videos" }).count()).toBe(0);
  await page.getByLabel("Select film.mp4").check();
  await page.getByText("1 file selected").waitFor();
  for (const name of [/^Cancel/, /^Retry/, /^Delete/]) {
    expect(await page.getByRole("button", { name }).count()).toBe(0);
  }
  await page.getByRole("link", { name: "film.mp4" }).click();
  await page.getByRole("heading", { name: "film.mp4" }).waitFor();
  for (const name of ["Cancel", "Retry", "Delete"]) {
    expect(await page.getByRole("button", { name }).count()).toBe(0);
  }
});

test("a session that ends with its key leads back to the sign-in", async () => {
  await using watched = await openPage(running);
  watched.expectFaults(/401/);
  const { page } = watched;
  const key = await insertTestKey(pool, "read");
  await signIn(watched, key);
  await page.getByText("No videos yet").waitFor();
  await revokeApiKey(pool, parseApiKey(key)!.keyId);
  await page.getByLabel("API key").waitFor();
});

test("signing out closes the stream of the page, and leads another tab of the session to the sign-in", async () => {
  await using watched = await openPage(running);
  watched.expectFaults(/401/);
  const { page } = watched;
  await signIn(watched, await insertTestKey(pool, "read"));
  await page.getByText("No videos yet").waitFor();
  const tab = await page.context().newPage();
  const listening = tab.waitForResponse((response) => response.url().endsWith("/events"));
  await tab.goto("/");
  await listening;
  const closed = page.waitForEvent("requestfailed", (request) => request.url().endsWith("/events"));
  await page.getByRole("button", { name: "Sign out" }).click();
  await closed;
  await page.getByLabel("API key").waitFor();
  await tab.getByLabel("API key").waitFor();
});
