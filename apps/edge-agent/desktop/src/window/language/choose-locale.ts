import type { Language } from "../../language/languages.ts";

/** How numbers and times are written: as in the person's own region where that speaks the language, else as the language is written. */
export function chooseLocale(language: Language, preferred: readonly string[]): string {
  const regional = preferred.find((tag) => tag.toLowerCase().startsWith(`${language}-`));
  return regional !== undefined && Intl.NumberFormat.supportedLocalesOf([regional]).length === 1 ? regional : language;
}
