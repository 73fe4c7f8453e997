import { expect, test } from "vitest";
import { judgeAnswer } from "./judge-answer.ts";

const day = 24 * 3600;
const refused = { http_status: 500, error: "The receiver answered 500." };
const first = { tries: 0, trying_seconds: 0 };

test("what is taken is delivered, however late", () => {
  const answer = { http_status: 204, error: null };
  expect(judgeAnswer({ tries: 30, trying_seconds: 2 * day }, answer, 0.5)).toEqual({
    result: "delivered",
    delaySeconds: 0,
  });
});

test("410 ends it at once; no other answer does", () => {
  const answered = (http_status: number | null) =>
    judgeAnswer(first, { http_status, error: "It was not taken." }, 0.5).result;
  expect(answered(410)).toBe("gone");
  for (const status of [null, 301, 400, 404, 429, 500, 503]) {
    expect(answered(status)).toBe("postponed");
  }
});

test.for([
  [0, 5],
  [1, 20],
  [2, 80],
  [3, 320],
  [4, 1280],
  [5, 3600],
  [25, 3600],
] as const)(
  "after %i tries the next one comes in %i s, a fifth sooner or later",
  ([tries, seconds]) => {
    const delay = (random: number) => judgeAnswer({ tries, trying_seconds: 0 }, refused, random);
    const postponed = (delaySeconds: number) => ({ result: "postponed", delaySeconds });
    expect(delay(0.5)).toEqual(postponed(seconds));
    expect(delay(0)).toEqual(postponed(seconds * 0.8));
    expect(delay(1)).toEqual(postponed(seconds * 1.2));
  },
);

test("it is given up when the next try would come more than a day after the first", () => {
  const after = (trying_seconds: number) =>
    judgeAnswer({ tries: 20, trying_seconds }, refused, 0.5).result;
  expect(after(day - 3600)).toBe("postponed");
  expect(after(day - 3599)).toBe("given_up");
});
