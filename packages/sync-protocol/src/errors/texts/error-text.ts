import { ERROR_CODES, type ErrorCode } from "../codes.ts";
import { de } from "./de.ts";
import { fr } from "./fr.ts";

export const languages = ["de", "en", "fr"] as const;
export type Language = (typeof languages)[number];

/** Of each code: what it means, and what to do next. */
export type ErrorTexts = Readonly<Partial<Record<ErrorCode, readonly [meaning: string, nextStep: string]>>>;

export interface ErrorText {
  readonly meaning: string;
  readonly nextStep: string;
  /** English where a code has no words in the language asked for: the console's codes, which staff do not meet. */
  readonly language: Language;
}

const TEXTS: Readonly<Record<Exclude<Language, "en">, ErrorTexts>> = { de, fr };

/** What a person is told of a code. A code that this version does not know is told as one that is not expected. */
export function errorText(code: string, language: Language): ErrorText {
  const known = Object.hasOwn(ERROR_CODES, code) ? (code as ErrorCode) : "internal.unexpected";
  const words = language === "en" ? undefined : TEXTS[language][known];
  if (words === undefined) return { ...pick(ERROR_CODES[known]), language: "en" };
  return { meaning: words[0], nextStep: words[1], language };
}

const pick = ({ meaning, nextStep }: { meaning: string; nextStep: string }): { meaning: string; nextStep: string } => ({
  meaning,
  nextStep,
});
