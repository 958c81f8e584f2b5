import { describe, expect, it } from "vitest";
import { makeSupportNumber, supportNumberSchema } from "./support-number.ts";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const numbers = Array.from({ length: 32 }, (_, i) =>
  makeSupportNumber(Uint8Array.from({ length: 7 }, (_unused, k) => (i * 131 + k * 97) % 256)),
);
const isRight = (text: string): boolean => supportNumberSchema.safeParse(text).success;

describe("a support number", () => {
  it("is eight characters that are easy to read out", () => {
    for (const number of numbers) expect(number).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(makeSupportNumber(new Uint8Array(7))).toBe("0000-0000");
  });

  it("is read as people write and say it", () => {
    const [number = ""] = numbers;
    for (const text of [number.toLowerCase(), number.replace("-", ""), number.replace("-", " - "), number.replaceAll("0", "o")])
      expect(supportNumberSchema.parse(text)).toBe(number);
  });

  it("is noticed to be wrong when any one character is", () => {
    for (const number of numbers) {
      const plain = number.replace("-", "");
      for (let at = 0; at < plain.length; at += 1)
        for (const other of ALPHABET) expect(isRight(plain.slice(0, at) + other + plain.slice(at + 1))).toBe(other === plain[at]);
    }
  });

  it("is noticed to be wrong when two neighbours change places, but for 0 and Z", () => {
    for (const number of numbers) {
      const plain = number.replace("-", "");
      for (let at = 0; at + 1 < plain.length; at += 1) {
        const [a, b] = [plain.charAt(at), plain.charAt(at + 1)];
        const swapped = plain.slice(0, at) + b + a + plain.slice(at + 2);
        if (a !== b && a + b !== "0Z" && a + b !== "Z0") expect(isRight(swapped)).toBe(false);
      }
    }
  });

  it("has no other length and no other characters", () => {
    for (const text of ["", "0000-000", "0000-00000", "UUUU-UUUU", "0000-000é", "0".repeat(41)]) expect(isRight(text)).toBe(false);
  });
});
