import type { MenuItemConstructorOptions } from "electron";
import { LANGUAGE_NAMES, LANGUAGES, type Language } from "../../language/languages.ts";
import { TRAY_TEXTS } from "../../language/tray-texts.ts";

/** What the menu shows. `chosen: null`: the language of this computer. */
export interface MenuView {
  readonly sentence: string;
  readonly language: Language;
  readonly chosen: Language | null;
  readonly startsWithSession: boolean;
}

export interface MenuActions {
  readonly open: () => void;
  readonly copySupportCode: () => void;
  readonly chooseLanguage: (language: Language | null) => void;
  readonly startWithSession: (on: boolean) => void;
  readonly quit: () => void;
}

/** Every action, and the state's sentence as the first line: a panel may show no tooltip and give no clicks. */
export function trayMenu(view: MenuView, actions: MenuActions): MenuItemConstructorOptions[] {
  const texts = TRAY_TEXTS[view.language];
  const language = (label: string, value: Language | null): MenuItemConstructorOptions => ({
    label,
    type: "radio",
    checked: view.chosen === value,
    click: () => actions.chooseLanguage(value),
  });
  return [
    { label: asLabel(view.sentence), enabled: false },
    { type: "separator" },
    { label: texts.open, click: actions.open },
    { label: texts.copySupportCode, click: actions.copySupportCode },
    { type: "separator" },
    {
      label: texts.language,
      submenu: [language(texts.asThisMachine, null), ...LANGUAGES.map((one) => language(LANGUAGE_NAMES[one], one))],
    },
    {
      label: texts.startWithSession,
      type: "checkbox",
      checked: view.startsWithSession,
      click: ({ checked }) => actions.startWithSession(checked),
    },
    { type: "separator" },
    { label: texts.quit, click: actions.quit },
  ];
}

/** In a menu, `&` marks a key; a name that holds one must not lose it. */
const asLabel = (text: string): string => text.replaceAll("&", "&&");
