import type { Messages } from "../../language/define-messages.ts";
import { careMessages } from "../care/messages.ts";
import { componentMessages } from "../components/messages.ts";
import { frameMessages } from "../frame/messages.ts";
import { historyMessages } from "../history/messages.ts";
import { homeMessages } from "../home/messages.ts";
import { lookUpMessages } from "../look-up/messages.ts";
import { orderMessages } from "../orders/messages.ts";
import { setAsideMessages } from "../set-aside/messages.ts";
import type { ShownLanguage } from "../settings/choices.ts";
import { sourceMessages } from "../sources/messages.ts";
import { PSEUDO_LANGUAGE, toPseudo } from "./pseudo.ts";

/** Every part of the window adds its texts here. */
const PARTS = {
  ...componentMessages,
  ...frameMessages,
  ...homeMessages,
  ...setAsideMessages,
  ...careMessages,
  ...orderMessages,
  ...lookUpMessages,
  ...sourceMessages,
  ...historyMessages,
};

export type MessageId = keyof typeof PARTS;

/** All texts of a language by id. */
export function textsOf(language: ShownLanguage): Readonly<Record<MessageId, string>> {
  const all: Messages<string> = PARTS;
  const text = (texts: Messages<string>[string]): string => (language === PSEUDO_LANGUAGE ? toPseudo(texts.en) : texts[language]);
  return Object.fromEntries(Object.entries(all).map(([id, texts]) => [id, text(texts)])) as Record<MessageId, string>;
}
