/** English with accents and a third longer: shows every text that is in no catalogue, and every layout that has no room. */
export const PSEUDO_LANGUAGE = "en-XA";

const ACCENTS: Readonly<Record<string, string>> = {
  ...{ a: "å", c: "ç", e: "é", i: "î", n: "ñ", o: "ø", u: "û", y: "ý" },
  ...{ A: "Å", C: "Ç", E: "É", I: "Î", N: "Ñ", O: "Ø", U: "Û", Y: "Ý" },
};

/**
 * The pseudo text of an ICU message. Only what people read is changed: at even depths of braces; names of arguments,
 * kinds and cases stay.
 */
export function toPseudo(message: string): string {
  let depth = 0;
  let text = "";
  for (const letter of message) {
    if (letter === "{") depth += 1;
    if (letter === "}") depth -= 1;
    const read = depth % 2 === 0 && letter !== "}";
    text += read ? (ACCENTS[letter] ?? letter) : letter;
  }
  return `[${text}${"·".repeat(Math.ceil(message.length / 3))}]`;
}
