import { entry } from "./entry.ts";

/** Codes of feeds that the cloud fetches by itself from the systems that reference data comes from. */
export const SYSTEM_CODES = {
  "feed.config-invalid": entry("never", "The feed's file does not have the right shape.", "Correct the field that is named."),
  "feed.exists": entry("never", "There is a feed of that name.", "Choose another name, or remove the other one first."),
  "feed.unknown": entry("never", "There is no feed of that name.", "See `feeds list`."),
  "feed.busy": entry(
    "automatic",
    "The feed is being read by another process and has not ended in time.",
    "See `feeds show NAME`; the run that was asked for follows.",
  ),
  "feed.failed": entry(
    "automatic",
    "The system did not answer as it should; nothing of the answer was taken.",
    "Nothing: it is asked again, after growing waits. What is here stays in force.",
  ),
  "feed.set-up": entry(
    "after-fix",
    "The system refuses us: address, credentials or rights are wrong.",
    "Correct what is named at the system, or add the feed again. What is here stays in force.",
  ),
  "feed.record-invalid": entry(
    "after-fix",
    "A record of the system lacks what a till needs.",
    "Correct it at the system; it is read again with the next poll. The last good document stays in force.",
  ),
  "feed.mapping-missing": entry(
    "after-fix",
    "The feed's file does not say what a code of the system means here.",
    "Add the code that is named to the feed's file, and add the feed again.",
  ),
  "feed.document-taken": entry(
    "after-fix",
    "Another record, or another feed, brings the document of this name.",
    "Give one of the two another number at its system; it is read again with the next poll.",
  ),
  "feed.too-many-deletions": entry(
    "after-fix",
    "Far more is gone at the system than goes in a day; nothing was deleted.",
    "See whether the system answers rightly. If so, run `feeds run NAME --full --allow-deletions`.",
  ),
  "feed.notice-refused": entry(
    "never",
    "The notice bears no valid signature for a feed of this name.",
    "Check the feed's notice secret and both clocks.",
    401,
  ),
} as const;
