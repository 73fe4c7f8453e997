import { expect, test } from "vitest";
import { createS3 } from "@transpod/runtime/aws.ts";
import { speaksTls } from "./settings.ts";

test.each([
  ["AWS", undefined, true],
  ["an emulator with TLS", "https://emulator.example:4566", true],
  ["an emulator without TLS", "http://localhost:4566", false],
])("to %s TLS is spoken, or not", async (_, endpoint, speaks) => {
  expect(await speaksTls(createS3({ region: "eu-central-1", endpoint }))).toBe(speaks);
});
