/** The languages that staff can choose. */
export const LANGUAGES = ["de", "fr", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

/** What each language calls itself: whoever looks for theirs may read no other. */
export const LANGUAGE_NAMES = { de: "Deutsch", fr: "Français", en: "English" } as const satisfies Record<Language, string>;

export const isLanguage = (text: unknown): text is Language => LANGUAGES.some((language) => language === text);

/** The first of a person's preferred languages (BCP 47, best first) that there is; English where there is none. */
export function pickLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const primary = tag.toLowerCase().split(/[-_]/)[0];
    if (isLanguage(primary)) return primary;
  }
  return "en";
}
