/** How well an article fits; lower is better. */
export type Fit = 0 | 1 | 2;

/**
 * How an article fits what was typed, both folded: every word must be in its description or begin its number. 0: its
 * description begins with the first word; 1: every word begins one; 2: in the middle of one. Undefined: it does not.
 */
export function matchWords(words: readonly string[], description: string, itemId: string): Fit | undefined {
  let fit: Fit = 1;
  for (const word of words) {
    const at = description.indexOf(word);
    if (at < 0 && !itemId.startsWith(word)) return undefined;
    if (at > 0 && !beginsWord(description, word, at)) fit = 2;
  }
  return words[0] !== undefined && description.startsWith(words[0]) && fit === 1 ? 0 : fit;
}

function beginsWord(text: string, word: string, from: number): boolean {
  for (let at = from; at >= 0; at = text.indexOf(word, at + 1)) if (at === 0 || !isLetter(text[at - 1] ?? "")) return true;
  return false;
}

const isLetter = (character: string): boolean => /[\p{L}\p{N}]/u.test(character);
