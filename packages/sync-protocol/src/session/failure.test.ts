import { expect, test } from "vitest";
import { ERROR_CODES, type ErrorCode } from "../errors/codes.ts";
import { codeOfAnswer, failureKind } from "./failure.ts";

test.each([
  ["wire.unreachable", "passing"],
  ["wire.deadline", "passing"],
  ["wire.busy", "passing"],
  ["wire.not-cloud", "passing"],
  ["auth.clock", "passing"],
  ["db.unavailable", "passing"],
  ["internal.unexpected", "passing"],
  ["wire.too-large", "tooLarge"],
  ["wire.malformed", "refused"],
  ["ingest.chain-broken", "refused"],
  ["ingest.signature", "refused"],
  ["ingest.entry-limit", "refused"],
  ["auth.forbidden", "refused"],
  ["auth.missing", "shut"],
  ["auth.invalid", "shut"],
  ["auth.revoked", "shut"],
  ["wire.version", "shut"],
  ["wire.media-type", "shut"],
  ["wire.not-found", "shut"],
  ["enrol.required", "shut"],
  ["enrol.insecure-url", "shut"],
] as const)("%s is %s", (code, kind) => {
  expect(failureKind(code)).toBe(kind);
});

test("whatever is tried again by itself never waits for a person", () => {
  const automatic = (Object.keys(ERROR_CODES) as ErrorCode[]).filter((code) => ERROR_CODES[code].retry === "automatic");
  expect(automatic.filter((code) => failureKind(code) !== "passing")).toEqual([]);
});

test.each([
  [403, "auth.revoked", "auth.revoked"],
  [503, undefined, "wire.busy"],
  [429, "slow-down-please", "wire.busy"],
  [413, undefined, "wire.too-large"],
  [500, undefined, "internal.unexpected"],
  [502, "toString", "internal.unexpected"],
  [418, undefined, "wire.malformed"],
] as const)("an answer %i with code %s is %s", (status, code, expected) => {
  expect(codeOfAnswer(status, code)).toBe(expected);
});
