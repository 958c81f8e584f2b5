import { isLanguage, pickLanguage, type Language } from "../../language/languages.ts";
import { PSEUDO_LANGUAGE } from "../language/pseudo.ts";
import { openChoice } from "./open-choice.ts";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];
const isTheme = (text: string): text is Theme => (themes as readonly string[]).includes(text);

export type ShownLanguage = Language | typeof PSEUDO_LANGUAGE;
const isShownLanguage = (text: string): text is ShownLanguage => isLanguage(text) || text === PSEUDO_LANGUAGE;

export const themeChoice = openChoice("theme", isTheme, () => "system");
export const languageChoice = openChoice("language", isShownLanguage, () => pickLanguage(navigator.languages));
