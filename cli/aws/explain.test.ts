import { S3ServiceException } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { TranspodError } from "@transpod/contract/errors.ts";
import { explain } from "./explain.ts";

function awsError(name: string, message = "So it is"): Error {
  return new S3ServiceException({ name, message, $fault: "client", $metadata: {} });
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

test.each([
  [
    named("CredentialsProviderError", "Could not load credentials from any providers"),
    "no_credentials",
    /^There are no AWS credentials\. Log in \("aws sso login"\), choose a profile/,
  ],
  [
    named("CredentialsProviderError", "The SSO session associated with this profile has expired"),
    "no_credentials",
    /^The AWS login can't be used: The SSO session .* has expired\. Log in/,
  ],
  [awsError("ExpiredToken"), "expired_credentials", /have expired\. Log in/],
  [awsError("InvalidClientTokenId"), "unknown_credentials", /rejects these credentials/],
  [awsError("RequestTimeTooSkewed"), "wrong_clock", /clock is wrong/],
  [
    awsError(
      "AccessDenied",
      "User: arn:aws:iam::1:user/me is not authorized to perform: s3:CreateBucket on resource: x",
    ),
    "access_denied",
    /The permission s3:CreateBucket is missing\. docs\/eks\.md lists/,
  ],
  [awsError("AccessDenied", "Access Denied"), "access_denied", /^AWS denies access\. docs/],
  [awsError("PermanentRedirect"), "wrong_region", /--region/],
  [awsError("QueueDeletedRecently"), "deleted_recently", /it continues where it stopped/],
  [awsError("OperationAborted"), "bucket_busy", /it continues where it stopped/],
  [awsError("Surprise"), "aws_error", "AWS answered with Surprise: So it is."],
  [
    Object.assign(new Error("getaddrinfo ENOTFOUND sts.eu-nowhere-1"), { code: "ENOTFOUND" }),
    "unreachable",
    /^AWS can't be reached\. Check the network, and the spelling of the region/,
  ],
])("%s is %s, in a sentence with the next step", (error, code, sentence) => {
  const explained = explain(error, undefined);
  expect(explained).toBeInstanceOf(TranspodError);
  expect(explained).toMatchObject({ code, message: expect.stringMatching(sentence), cause: error });
});

test("of an emulator it says so", () => {
  const endpoint = "http://localhost:4566";
  const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  expect(explain(refused, endpoint)).toMatchObject({
    message: expect.stringContaining(`Nothing answers at ${endpoint}. Start the emulator`),
  });
  expect(explain(awsError("InvalidAccessKeyId"), endpoint)).toMatchObject({
    message: expect.stringContaining("to those that the emulator accepts"),
  });
});

test("what is explained already, and faults of ours, stay as they are", () => {
  for (const error of [new TranspodError("not_ours", "No."), new TypeError("x"), "text"]) {
    expect(explain(error, undefined)).toBe(error);
  }
});
