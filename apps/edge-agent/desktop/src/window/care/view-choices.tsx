import type { ReactNode } from "react";
import { LANGUAGE_NAMES, LANGUAGES } from "../../language/languages.ts";
import { Panel } from "../components/panel.tsx";
import { Select } from "../components/select.tsx";
import { PSEUDO_LANGUAGE } from "../language/pseudo.ts";
import { useText } from "../language/language-context.tsx";
import { languageChoice, themeChoice, themes, type ShownLanguage } from "../settings/choices.ts";

/** Language and colours of this window alone. */
export function ViewChoices(): ReactNode {
  const text = useText();
  const language = languageChoice.use();
  const theme = themeChoice.use();
  const languages: { value: ShownLanguage; label: string; lang: string }[] = LANGUAGES.map((value) => ({
    value,
    label: LANGUAGE_NAMES[value],
    lang: value,
  }));
  // Offered to who has it already: it is for whoever translates.
  if (language === PSEUDO_LANGUAGE) languages.push({ value: PSEUDO_LANGUAGE, label: PSEUDO_LANGUAGE, lang: PSEUDO_LANGUAGE });
  return (
    <Panel title={text("care.view")}>
      <Select label={text("care.language")} value={language} options={languages} onChange={languageChoice.set} />
      <Select
        label={text("care.theme")}
        value={theme}
        options={themes.map((value) => ({ value, label: text(`care.theme.${value}`) }))}
        onChange={themeChoice.set}
      />
    </Panel>
  );
}
