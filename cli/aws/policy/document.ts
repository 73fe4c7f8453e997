import { upsert } from "../setting.ts";

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
export interface PolicyDocument {
  Version: string;
  Statement: PolicyStatement[];
}

export interface PolicyStatement {
  /** Identifies our own statement among others. */
  Sid?: string;
  Effect: "Allow" | "Deny";
  Principal?: string | Record<string, string>;
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string>>;
}

/** Adds the statement to a document, or replaces the one with the same Sid; others stay unchanged. */
export function withStatement(
  document: PolicyDocument | undefined,
  statement: PolicyStatement,
): PolicyDocument {
  return {
    ...(document ?? { Version: "2012-10-17" }),
    Statement: upsert(
      [document?.Statement ?? []].flat(),
      statement,
      ({ Sid }) => Sid === statement.Sid,
    ),
  };
}
