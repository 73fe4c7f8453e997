import { deepStrictEqual } from "node:assert";
import type { Operation } from "./operations.ts";

/**
 * Throws unless all servers give the same answer: equal but for the form of a cursor, or of the same fields where
 * each answer is about a new file.
 */
export async function requireSameAnswers(
  urls: readonly string[],
  { method, path, body }: Operation,
  apiKey: string,
): Promise<void> {
  const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const answers = await Promise.all(
    urls.map(async (url): Promise<object> => {
      const answer = await fetch(url + path, { ...init, headers });
      const { next_cursor: cursor, ...others } = (await answer.json()) as { next_cursor?: unknown };
      return { ...others, cursor: typeof cursor };
    }),
  );
  const compared =
    method === "POST" ? answers.map((answer) => Object.keys(answer).toSorted()) : answers;
  for (const answer of compared) deepStrictEqual(answer, compared[0]);
}
