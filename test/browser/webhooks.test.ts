import { afterAll, beforeAll, expect, test } from "vitest";
import { startReceiver, type Receiver } from "../webhook-receiver.ts";
import { openPage, startBrowserTest, type BrowserTest } from "./browser.ts";
import { announce } from "./videos.ts";

let running: BrowserTest;
let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
  running = await startBrowserTest();
});
afterAll(async () => {
  await running?.stop();
  await receiver?.stop();
});

test("a webhook is added, tested, disabled and enabled", async () => {
  await using watched = await openPage(running, "/webhooks");
  watched.expectFaults(/422/);
  const { page } = watched;
  const add = page.getByRole("button", { name: "Add a webhook" });
  await page.getByLabel("URL of the receiver").fill("ftp://receiver.example/hook");
  await add.click();
  await page.getByRole("alert").getByText(/http/).waitFor();

  await page.getByLabel("URL of the receiver").fill(receiver.url);
  await page.getByLabel("Transcoding began").uncheck();
  await add.click();
  await page.getByText(/^whsec_/).waitFor();
  const card = page.locator(".card", { hasText: receiver.url });
  await card.getByText("Completed, Failed, Cancelled, Deleted").waitFor();

  await card.getByRole("button", { name: "Show deliveries" }).click();
  await card.getByText("Nothing was sent yet.").waitFor();
  const row = (...cells: RegExp[]) =>
    cells
      .reduce((rows, cell) => rows.filter({ hasText: cell }), card.locator("tbody tr"))
      .waitFor();
  await card.getByRole("button", { name: "Send a test" }).click();
  await row(/^Test/, /Delivered/, /The receiver accepted it with 204\./);
  expect(receiver.received.map(({ event }) => event.type)).toEqual(["webhook.test"]);

  receiver.respond = (_received, response) => void response.writeHead(500).end();
  await card.getByRole("button", { name: "Send a test" }).click();
  await row(/^Test/, /Pending/, /The receiver answered 500\./);
  receiver.respond = (_received, response) => void response.writeHead(204).end();

  await card.getByRole("button", { name: "Disable" }).click();
  await card.getByText("Disabled", { exact: true }).waitFor();
  const { file_id: fileId } = await announce(running, "film.mp4");
  const act = (method: string, path = "") =>
    fetch(`${running.transpod.url}/upload/${fileId}${path}`, { method });
  await act("POST", "/cancel");
  await card.getByRole("button", { name: "Enable" }).click();
  await card.getByText("Enabled", { exact: true }).waitFor();
  await row(/Cancelled: film\.mp4/, /Failed/, /The webhook was disabled\./);
  await act("DELETE");
  await expect.poll(() => receiver.typesOf(fileId), { timeout: 30_000 }).toEqual(["file.deleted"]);
});
