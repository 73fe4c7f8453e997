import { upsert } from "../setting.ts";

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
export interface PolicyDocument {
  Version: string;
  Statement: PolicyStatement[];
}

export interface PolicyStatement {
  /** By which we know our own statement among others. */
  Sid?: string;
  Effect: "Allow" | "Deny";
  Principal?: string | Record<string, string>;
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string>>;
}

/** A document with the statement in it; those of others stay as they are. */
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
