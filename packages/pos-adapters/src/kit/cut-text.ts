import { TEXT_MAX } from "@tillsync/sync-protocol";

/** What stands at the end of a text that was cut. */
const CUT_MARK = "…";

/** Cuts to `max` UTF-16 units and marks the cut. Never splits a surrogate pair. */
export function cutText(text: string, max: number = TEXT_MAX): string {
  if (text.length <= max) return text;
  const end = max - CUT_MARK.length;
  const last = text.charCodeAt(end - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? end - 1 : end) + CUT_MARK;
}
