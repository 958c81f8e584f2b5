/** Letters that have no accent to take off. */
const PLAIN: Readonly<Record<string, string>> = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ı: "i", þ: "th", ð: "d" };
const SPECIAL = new RegExp(`[${Object.keys(PLAIN).join("")}]`, "gu");
// oxlint-disable-next-line no-control-regex -- all of ASCII
const ASCII = /^[\u0000-\u007f]*$/;

/** A text as people compare it: no case, no accents, no ligatures. `Größe`, `GROSSE` and `grosse` are one. */
export function foldText(text: string): string {
  const lower = text.toLowerCase();
  // Most descriptions are: a third of the time.
  if (ASCII.test(lower)) return lower;
  return lower
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(SPECIAL, (letter) => PLAIN[letter] ?? letter);
}

/** The words that someone typed, folded. */
export const wordsOf = (text: string): string[] =>
  foldText(text)
    .split(/\s+/u)
    .filter((word) => word !== "");
