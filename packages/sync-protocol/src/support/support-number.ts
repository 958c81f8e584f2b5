import { z } from "zod";
import { assert } from "../errors/assert.ts";

/** Crockford's alphabet: without I, L, O and U, which are misheard and misread. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** 35 bits of chance: one terminal's numbers hardly meet, and two terminals' are told apart by their names. */
const BODY_CHARS = 7;

/**
 * What staff read out over the phone: seven characters by chance and one that checks them, `4K7M-29XQ`. One character that is
 * heard wrong, and nearly every two that change places, are noticed. Read from small letters, with `O` for 0, `I` and `L`
 * for 1, with or without the dash.
 */
export const supportNumberSchema = z
  .string()
  .max(40)
  .transform((text) => text.toUpperCase().replaceAll(/[\s-]/g, "").replaceAll("O", "0").replaceAll(/[IL]/g, "1"))
  .refine(isSupportNumber, "no support number: 8 letters and digits, one of them is wrong")
  .transform((text) => `${text.slice(0, 4)}-${text.slice(4)}`)
  .brand<"SupportNumber">();
export type SupportNumber = z.infer<typeof supportNumberSchema>;

/** A number of seven bytes of chance. */
export function makeSupportNumber(random: Uint8Array): SupportNumber {
  assert(random.length === BODY_CHARS, "one byte for each character");
  const body = Array.from(random, (byte) => ALPHABET[byte % ALPHABET.length]).join("");
  return supportNumberSchema.parse(body + ALPHABET[(ALPHABET.length - weigh(`${body}0`)) % ALPHABET.length]);
}

function isSupportNumber(text: string): boolean {
  return text.length === BODY_CHARS + 1 && Array.from(text).every((character) => ALPHABET.includes(character)) && weigh(text) === 0;
}

/** Luhn's sum to the base of the alphabet; zero for a number that is right. */
function weigh(text: string): number {
  const sum = Array.from(text).reduce((total, character, i) => {
    const value = ALPHABET.indexOf(character) * ((text.length - i) % 2 === 0 ? 2 : 1);
    return total + Math.floor(value / ALPHABET.length) + (value % ALPHABET.length);
  }, 0);
  return sum % ALPHABET.length;
}
