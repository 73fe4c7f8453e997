import { expect, test } from "vitest";
import { canFollow, fileStates, isTerminal, stateRank } from "./states.ts";

test("a terminal state is never followed within its attempt", () => {
  const terminal = fileStates.filter(isTerminal);
  expect(terminal).toEqual(["completed", "failed", "cancelled"]);
  for (const from of terminal) {
    for (const to of fileStates) {
      expect(canFollow({ attempt: 1, state: from }, { attempt: 1, state: to })).toBe(false);
    }
  }
});

test("a later attempt may begin anew, an earlier one never comes back", () => {
  expect(canFollow({ attempt: 1, state: "failed" }, { attempt: 2, state: "pending" })).toBe(true);
  expect(canFollow({ attempt: 2, state: "pending" }, { attempt: 1, state: "completed" })).toBe(
    false,
  );
});

test("states are listed in the order of their rank", () => {
  const ranks = fileStates.map((state) => stateRank[state]);
  expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
});
