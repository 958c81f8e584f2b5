import { entry } from "./entry.ts";

/** Codes of what flows down: reference data, its replication, quotas. */
export const REFERENCE_CODES = {
  "reference.invalid": entry(
    "after-fix",
    "A row of reference data is not what its collection takes.",
    "Correct the field that is named and send the row again; the last good document stays in force.",
    422,
  ),
  "reference.encoding-wrong": entry(
    "after-fix",
    "A row of reference data is not UTF-8.",
    "Export the feed as UTF-8 and send it again; the other rows were taken.",
    422,
  ),
  "reference.schema-unknown": entry(
    "after-fix",
    "A document has a shape that this version does not know.",
    "Update this program; the document is kept and read then.",
    422,
  ),
  "reference.collection-unknown": entry("never", "There is no such collection of reference data.", "See the list of collections.", 404),
} as const;
