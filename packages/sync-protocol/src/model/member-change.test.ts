import { describe, expect, test } from "vitest";
import { memberChangeSchema } from "./member-change.ts";

const change = (more: object) => memberChangeSchema.safeParse({ memberRef: "demo-member-0000000001", kind: "updated", ...more }).success;

describe("a change of a member", () => {
  test("tells what the list names", () => {
    const attributes = { preferredStore: "9", language: "de", segment: "family", memberSince: "2019-02-01", receipts: "digital" };
    expect(change({ programme: "CLUB", tier: "gold", consents: { email: true, sms: false }, attributes })).toBe(true);
  });

  test.each(["name", "firstName", "email", "phone", "address", "birthDate", "cardNumber", "note"])("has no room for %s", (field) => {
    expect(change({ [field]: "x" })).toBe(false);
    expect(change({ attributes: { [field]: "x" } })).toBe(false);
  });

  test.each(["jane@example.com", "+49 30 123456", "0301234567", "Jane Doe", "x".repeat(41), ""])("takes %j for no code", (text) => {
    expect(change({ tier: text })).toBe(false);
    expect(change({ attributes: { segment: text } })).toBe(false);
  });

  test("knows members by pseudonym, consents by the closed list, and nothing but yes and no", () => {
    expect(change({ memberRef: "M000017" })).toBe(false);
    expect(change({ consents: { fax: true } })).toBe(false);
    expect(change({ consents: { email: "yes" } })).toBe(false);
  });
});
