import type { TrayState } from "@tillsync/edge-agent/window-api";
import type { Language } from "./languages.ts";
import { TRAY_TEXTS } from "./tray-texts.ts";

/** What is shown: one of the five states, or, until the first answer after a start or a sleep, that it is being asked for. */
export type Shown = TrayState | { readonly kind: "asking" };

/**
 * The one sentence of a state in a person's language. `timeZone` is the store's; without one the machine's is used. Times
 * of another day carry their date.
 */
export function traySentence(shown: Shown, language: Language, when: { nowMs: number; timeZone: string | null }): string {
  const texts = TRAY_TEXTS[language];
  switch (shown.kind) {
    case "asking":
      return texts.asking;
    case "safe":
      return texts.safe;
    case "sending":
      return shown.left === 0 ? texts.reading : texts.sending(shown.left);
    case "offline":
      if (shown.kept === 0) return texts.offlineNothing;
      return shown.oldestAtMs === null
        ? texts.offline(shown.kept)
        : texts.offlineSince(shown.kept, writeTime(shown.oldestAtMs, language, when));
    case "attention": {
      const { code, help, others } = shown;
      const who = help === null ? undefined : help.phone === null ? help.name : `${help.name} (${help.phone})`;
      const sentence = who === undefined ? texts.attention(code) : texts.attentionCall(who, code);
      return others > 0 ? texts.attentionOthers(sentence, others) : sentence;
    }
    case "update":
      return texts.update(shown.version);
  }
}

function writeTime(atMs: number, language: Language, { nowMs, timeZone }: { nowMs: number; timeZone: string | null }): string {
  const zone = isTimeZone(timeZone) ? { timeZone } : {};
  const day = new Intl.DateTimeFormat("en", { ...zone, dateStyle: "short" });
  const today = day.format(atMs) === day.format(nowMs);
  return new Intl.DateTimeFormat(language, { ...zone, ...(today ? {} : { dateStyle: "short" }), timeStyle: "short" }).format(atMs);
}

/** The store's document comes from others: a zone that this machine does not know must not take the sentence away. */
function isTimeZone(name: string | null): name is string {
  if (name === null) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).format(0) !== "";
  } catch {
    return false;
  }
}
