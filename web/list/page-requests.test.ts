import { expect, test } from "vitest";
import { PageRequests } from "./page-requests.ts";

test("a next page that was asked for before the list began anew does not count", () => {
  const requests = new PageRequests();
  const first = requests.beginAnew();
  const next = requests.continue();
  expect([first(), next()]).toEqual([true, true]);
  const again = requests.beginAnew();
  expect([first(), next(), again()]).toEqual([false, false, true]);
  expect(requests.continue()()).toBe(true);
});
