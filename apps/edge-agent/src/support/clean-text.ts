import type { MaskedText } from "@tillsync/pos-adapters";

export type Mask = (text: string) => MaskedText;

/** The adapters are loaded with it, so only when someone hands something over. */
export const loadMask = async (): Promise<Mask> => (await import("@tillsync/pos-adapters")).maskCardNumbers;

/** A text that leaves the shop: card numbers masked, control characters and marks that turn a line around gone, cut to `charsMax`. */
export const cleanText = (mask: Mask, text: string, charsMax: number): string =>
  mask(text)
    .text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, " ")
    .slice(0, charsMax)
    .toWellFormed();
