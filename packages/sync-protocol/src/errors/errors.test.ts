import { describe, expect, test } from "vitest";
import { assert, unreachable } from "./assert.ts";
import { ERROR_CODES, type ErrorCode, type ErrorEntry } from "./codes.ts";
import { TillsyncError } from "./tillsync-error.ts";

const entries = Object.entries(ERROR_CODES) as [ErrorCode, ErrorEntry][];
/** Words that mean something to us and nothing to who runs a shop. */
const JARGON =
  /\b(null|undefined|exception|stack|throw|boolean|enum|callback|regex|mutex|thread|nonce|payload|endpoint|idempot\w*|upsert)\b/i;

describe.each(entries)("%s", (code, entry) => {
  test("is named by its area and what is wrong", () => {
    expect(code).toMatch(/^[a-z]+\.[a-z]+(-[a-z]+)*$/);
  });

  test.each(["meaning", "nextStep"] as const)("has a %s in plain sentences", (field) => {
    expect(entry[field]).toMatch(/^[A-Z].{10,}\.$/s);
    expect(entry[field]).not.toMatch(JARGON);
    expect(entry[field]).not.toMatch(/\s{2}|\.\.|\s\./);
  });

  test("tells nobody to act where it mends itself, and what to do where not", () => {
    if (entry.retry === "after-fix") expect(entry.nextStep).not.toMatch(/^Nothing: it is tried again/);
    if (entry.http !== undefined) expect(entry.http).toBeGreaterThanOrEqual(400);
  });
});

test("an error carries code, meaning and detail; its JSON says what to do and hides the cause", () => {
  const error = new TillsyncError("wire.malformed", "header count", { cause: new Error("secret") });
  expect(error).toBeInstanceOf(Error);
  expect(error.name).toBe("TillsyncError");
  expect(error.message).toBe("The message is not valid. (header count)");
  expect(JSON.parse(JSON.stringify(error))).toEqual({
    error: {
      code: "wire.malformed",
      message: "The message is not valid.",
      detail: "header count",
      nextStep: "Update the sender; nothing was stored.",
      retry: "never",
    },
  });
  expect(new TillsyncError("wire.busy").toJSON().error).not.toHaveProperty("detail");
  expect(new TillsyncError("wire.busy").message).toBe("The cloud is busy.");
});

test("a broken promise of our own is loud", () => {
  expect(() => assert(false, "two is two")).toThrow("assertion failed: two is two");
  expect(() => assert(true, "two is two")).not.toThrow();
  expect(() => unreachable("odd" as never)).toThrow('unreachable: "odd"');
});
