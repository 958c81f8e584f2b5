import * as fc from "fast-check";
import { expect, test } from "vitest";
import { enrolCodeSchema, enrolRequestSchema } from "./enrol.ts";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const code = fc.string({ minLength: 12, maxLength: 12, unit: fc.constantFrom(...ALPHABET.split("")) });

test("a code is read however it was written down", () => {
  fc.assert(
    fc.property(code, (text) => {
      const spoken = text.replaceAll("0", "o").replaceAll("1", "l").toLowerCase();
      expect(enrolCodeSchema.parse(`${text.slice(0, 4)}-${text.slice(4, 8)}-${text.slice(8)}`)).toBe(text);
      expect(enrolCodeSchema.parse(`  ${spoken.slice(0, 6)} ${spoken.slice(6)} `)).toBe(text);
    }),
  );
});

test.each(["", "ABCD-EFGH-JKM", "ABCD-EFGH-JKMNP", "ABCD-EFGH-JKMU", "ABCD_EFGH_JKMN"])("%j is no code", (text) => {
  expect(enrolCodeSchema.safeParse(text).success).toBe(false);
});

test("a private key is refused: it must not leave the terminal", () => {
  const x = "A".repeat(43);
  const request = {
    code: "0123-4567-89AB",
    identityKey: { kty: "EC", crv: "P-256", x, y: x },
    journalKey: { kty: "OKP", crv: "Ed25519", x },
    agentVersion: "1",
  };
  expect(enrolRequestSchema.safeParse(request).success).toBe(true);
  expect(enrolRequestSchema.safeParse({ ...request, journalKey: { ...request.journalKey, d: x } }).success).toBe(false);
  expect(enrolRequestSchema.safeParse({ ...request, identityKey: { ...request.identityKey, d: x } }).success).toBe(false);
});
