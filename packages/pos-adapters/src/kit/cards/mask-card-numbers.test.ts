import { expect, test } from "vitest";
import { CARD_CANARIES } from "../testing/card-canaries.ts";
import { maskCardNumbersInBytes } from "./mask-bytes.ts";
import { maskCardNumbers, maskItemCode } from "./mask-card-numbers.ts";

test.each(CARD_CANARIES)("masks %s plain, spaced, dashed, glued and in other scripts", (card) => {
  const tail = card.slice(-4);
  const masked = `${"*".repeat(card.length - 4)}${tail}`;
  expect(maskCardNumbers(card)).toEqual({ text: masked, found: 1 });
  expect(maskCardNumbers(`ref 12 ${card} 99`).text).toBe(`ref 12 ${masked} 99`);
  expect(maskCardNumbers(`12 ${card} 99`).text).toBe(`12 ${masked} 99`);
  for (const separator of [" ", "-", "\u00a0", "\u2011", " - ", "\u200b"]) {
    const split = card.match(/.{1,4}/g)!.join(separator);
    expect(maskCardNumbers(`card ${split}.`)).toMatchObject({ found: 1 });
    expect(maskCardNumbers(`card ${split}.`).text.replace(/[^0-9]/g, "")).toBe(tail);
  }
  const wide = card.replace(/[0-9]/g, (d) => String.fromCharCode(0xff10 + Number(d)));
  expect(maskCardNumbers(wide).found).toBe(1);
});

test.each(["x4111111111111111y", "00004111111111111111", "41111111111111119", "id=4111111111111111;"])(
  "finds the card number glued into %s",
  (text) => {
    const { text: masked, found } = maskCardNumbers(text);
    expect(found).toBe(1);
    expect(masked).not.toContain("4111111111111111");
    expect(masked).toHaveLength(text.length);
  },
);

test("masks four-digit groups with something glued to their ends", () => {
  expect(maskCardNumbers("994111 1111 1111 1111 22").text).toBe("99**** **** **** 1111 22");
});

test.each(["%B4111111111111111^DOE/JANE^29121010000000000000?", ";4111111111111111=29121010000000000000?", "4111111111111111D2912101000"])(
  "masks the track %s whole",
  (track) => {
    expect(maskCardNumbers(`a ${track} b`)).toEqual({ text: `a ${"*".repeat(track.length)} b`, found: 1 });
  },
);

test.each([
  "4111111111111112",
  "1234567890123456",
  "20171001151525123",
  "2017-10-01 15:15:25",
  "4006381333931",
  "29.33 14.96 26.48",
  "short",
])("leaves %s alone", (text) => {
  expect(maskCardNumbers(text)).toEqual({ text, found: 0 });
});

test.each(["4006381333931", "00041111111111", "04006381333931", "50184198", "SKU-12"])("leaves the article code %s alone", (code) => {
  expect(maskItemCode(code)).toBe(code);
});

test("masks an article code that is a card number", () => {
  expect(maskItemCode("4111111111111111")).toBe("************1111");
  expect(maskItemCode("4111 1111 1111 1111")).toBe("**** **** **** 1111");
});

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const utf16 = (text: string, little: boolean): Uint8Array =>
  Uint8Array.from(
    Array.from(text).flatMap((c) =>
      little ? [c.charCodeAt(0) & 255, c.charCodeAt(0) >> 8] : [c.charCodeAt(0) >> 8, c.charCodeAt(0) & 255],
    ),
  );

test.each([
  ["UTF-8", (text: string) => ascii(text), "<a>Zo\u00eb 4111-1111-1111-1111</a>", "<a>Zo\u00eb ****-****-****-1111</a>"],
  ["UTF-16LE", (text: string) => utf16(text, true), "<a>4111 1111 1111 1111\u20ac</a>", "<a>**** **** **** 1111\u20ac</a>"],
  ["UTF-16BE", (text: string) => utf16(text, false), "\u20ac378282246310005", "\u20ac***********0005"],
  ["UTF-8 track", (text: string) => ascii(text), "a;4111111111111111=2912101?<b", "a;*************************<b"],
])("masks in bytes of %s without moving anything", (_, encode, text, expected) => {
  const bytes = encode(text);
  const result = maskCardNumbersInBytes(bytes);
  expect(result.found).toBeGreaterThan(0);
  expect(result.bytes).toHaveLength(bytes.length);
  if (!text.includes("=")) expect(Array.from(result.bytes)).toEqual(Array.from(encode(expected)));
  else expect(new TextDecoder().decode(result.bytes)).not.toMatch(/[0-9]{4}/);
});

test("leaves the bytes of columns of numbers and of article numbers alone", () => {
  const text = " 00004 0001 19970101  2   29.33\r\n<ItemID>4006381333931</ItemID>,581475,22383,4,2011-12-09 08:39:00,1.65,14096.0\n";
  const bytes = ascii(text);
  const result = maskCardNumbersInBytes(bytes);
  expect(result.found).toBe(0);
  expect(new TextDecoder().decode(result.bytes)).toBe(text);
  expect(bytes).toEqual(ascii(text));
});
