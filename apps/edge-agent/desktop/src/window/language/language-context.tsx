import { assert } from "@tillsync/sync-protocol";
import { createContext, useContext, useEffect, useMemo, type ReactNode } from "react";
import { createIntl, createIntlCache } from "react-intl";
import type { Language } from "../../language/languages.ts";
import { useSnapshotPart } from "../port/use-snapshot.ts";
import { languageChoice, type ShownLanguage } from "../settings/choices.ts";
import { textsOf, type MessageId } from "./catalogue.ts";
import { chooseLocale } from "./choose-locale.ts";
import { openFormats, type Formats } from "./formats.ts";
import { PSEUDO_LANGUAGE, toPseudo } from "./pseudo.ts";

export type MessageValues = Readonly<Record<string, string | number>>;
/** The text of an id in the person's language. */
export type Text = (id: MessageId, values?: MessageValues) => string;

interface Spoken {
  readonly language: Language;
  /** For sentences that come whole from elsewhere: shown as they are, but in the pseudo-language. */
  readonly foreign: (text: string) => string;
  readonly text: Text;
  readonly formats: Formats;
}

const LanguageContext = createContext<Spoken | undefined>(undefined);

/** Draws what is inside in the language that was chosen, with the times of the store's zone. */
export function LanguageProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const shown = languageChoice.use();
  const timeZone = useSnapshotPart((snapshot) => snapshot.timeZone) ?? null;
  const spoken = useMemo(() => speak(shown, timeZone), [shown, timeZone]);
  useEffect(() => {
    document.documentElement.lang = shown;
  }, [shown]);
  return <LanguageContext value={spoken}>{children}</LanguageContext>;
}

function speak(shown: ShownLanguage, timeZone: string | null): Spoken {
  const language = shown === PSEUDO_LANGUAGE ? "en" : shown;
  const locale = chooseLocale(language, navigator.languages);
  const intl = createIntl({ locale, messages: textsOf(shown), onError: () => undefined }, createIntlCache());
  const text: Text = (id, values) => intl.formatMessage({ id }, values);
  return { language, foreign: shown === PSEUDO_LANGUAGE ? toPseudo : (text) => text, text, formats: openFormats(locale, timeZone) };
}

function useSpoken(): Spoken {
  const spoken = useContext(LanguageContext);
  assert(spoken !== undefined, "the window is drawn inside LanguageProvider");
  return spoken;
}

export const useText = (): Text => useSpoken().text;
export const useFormats = (): Formats => useSpoken().formats;

/** For texts that are kept in another catalogue: asks it in the person's language. */
export function useForeignText(): (read: (language: Language) => string) => string {
  const { language, foreign } = useSpoken();
  return (read) => foreign(read(language));
}
