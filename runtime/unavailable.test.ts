import { expect, test } from "vitest";
import { isUnavailable, UnavailableError } from "./unavailable.ts";

const errorWith = (fields: object, message = "x") => Object.assign(new Error(message), fields);

test.each([
  ["a server that shuts down", errorWith({ code: "57P01" })],
  ["a refused connection", errorWith({ code: "ECONNREFUSED" })],
  ["a primary that became read-only", errorWith({ code: "25006" })],
  ["S3's own fault", errorWith({ $fault: "server" })],
  ["a request that took too long", errorWith({ name: "TimeoutError" })],
  ["pg's lost connection", new Error("Connection terminated unexpectedly")],
  ["a part that its client could not use", new UnavailableError("The API server", null)],
])("%s passes", (_, error) => {
  expect(isUnavailable(error)).toBe(true);
});

test.each([
  ["a fault in a statement", errorWith({ code: "42601" })],
  ["a refused transition", errorWith({ code: "TP001" })],
  ["a wrong request to S3", errorWith({ $fault: "client", name: "NoSuchKey" })],
  ["a fault in the code", new TypeError("x is undefined")],
  ["no error", "thrown"],
])("%s stays", (_, error) => {
  expect(isUnavailable(error)).toBe(false);
});
