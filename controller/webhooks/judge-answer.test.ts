import { expect, test } from "vitest";
import { judgeAnswer } from "./judge-answer.ts";

const day = 24 * 3600;
const refused = { http_status: 500, error: "It was refused.", retry_after_seconds: null };
const first = { tries: 0, trying_seconds: 0 };

test("what is taken is delivered, however late", () => {
  const answer = { http_status: 204, error: null, retry_after_seconds: 60 };
  expect(judgeAnswer({ tries: 30, trying_seconds: 2 * day }, answer, 0.5)).toEqual({
    result: "delivered",
    delaySeconds: 0,
    pauseSeconds: 0,
  });
});

test("410 ends it at once; no other answer does", () => {
  const answered = (http_status: number | null) =>
    judgeAnswer(first, { ...refused, http_status }, 0.5).result;
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
    const postponed = (delaySeconds: number) => ({
      result: "postponed",
      delaySeconds,
      pauseSeconds: 0,
    });
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

test.for([
  { asked: 120, tries: 0, delay: 120, pause: 120, what: "is waited for" },
  {
    asked: 2,
    tries: 0,
    delay: 5,
    pause: 2,
    what: "that is shorter than the backoff shortens nothing",
  },
  {
    asked: 60,
    tries: 3,
    delay: 320,
    pause: 60,
    what: "holds up others for as long as it says alone",
  },
  { asked: 0, tries: 0, delay: 5, pause: 0, what: "of nothing is no pause" },
  { asked: 3600, tries: 0, delay: 3600, pause: 3600, what: "of an hour is waited for" },
  { asked: 3601, tries: 0, delay: 3600, pause: 3600, what: "counts up to an hour" },
  {
    asked: Infinity,
    tries: 0,
    delay: 3600,
    pause: 3600,
    what: "without an end counts up to an hour",
  },
])("a Retry-After $what", ({ asked, tries, delay, pause }) => {
  const answer = { ...refused, retry_after_seconds: asked };
  for (const http_status of [301, 413, 429, 500, 503]) {
    const verdict = judgeAnswer({ tries, trying_seconds: 0 }, { ...answer, http_status }, 0.5);
    expect(verdict).toEqual({ result: "postponed", delaySeconds: delay, pauseSeconds: pause });
  }
});

test("a Retry-After ends no delivery sooner, and counts for others when one is given up", () => {
  const answer = { ...refused, retry_after_seconds: 3600 };
  expect(judgeAnswer({ tries: 1, trying_seconds: day - 60 }, answer, 0.5)).toMatchObject({
    result: "postponed",
    delaySeconds: 3600,
  });
  expect(judgeAnswer({ tries: 20, trying_seconds: day }, answer, 0.5)).toEqual({
    result: "given_up",
    delaySeconds: 0,
    pauseSeconds: 3600,
  });
});

test("a Retry-After of who is gone counts for nothing", () => {
  const answer = { ...refused, http_status: 410, retry_after_seconds: 60 };
  expect(judgeAnswer(first, answer, 0.5)).toMatchObject({ result: "gone", pauseSeconds: 0 });
});
