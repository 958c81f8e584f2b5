import { entry } from "./entry.ts";
import { FEED_CODES } from "./feed-codes.ts";

/** Codes of what flows down: reference data, its replication, quotas. */
export const REFERENCE_CODES = {
  ...FEED_CODES,
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
  "quota.redemption-differs": entry(
    "never",
    "This redemption is known with another account, amount or unit.",
    "Give each redemption, refund and top-up an id of its own.",
    409,
  ),
  "quota.redemption-unknown": entry("never", "There is no such reservation.", "Reserve first; see `edge-agent status`.", 404),
  "quota.refund-too-large": entry("never", "More is taken back than was redeemed.", "Refund what is left of the redemption.", 409),
  "quota.unit-wrong": entry("after-fix", "The account is kept in another unit.", "Name the unit of the account.", 409),
  "quota.not-enrolled": entry(
    "after-fix",
    "The terminal is not enrolled, so that nothing can be leased to it.",
    "Enrol the terminal.",
    409,
  ),
  "quota.epoch-ended": entry(
    "never",
    "This life of the terminal has ended: its journal goes on in a new one, which has rights of its own.",
    "Reserve again.",
    409,
  ),
  "quota.epoch-unknown": entry(
    "automatic",
    "Nothing of this life of the terminal's journal has come to the cloud yet.",
    "Nothing: ask again once the journal was sent.",
    409,
  ),
  "account.unknown": entry("never", "There is no such account.", "See `cloud-sync accounts list`.", 404),
  "account.store-unknown": entry("after-fix", "There is no such store.", "Name a store of `cloud-sync stores list`.", 422),
  "account.reference-used": entry(
    "never",
    "This reference stands for another credit already.",
    "Give each credit a reference of its own; the same reference again is the same credit.",
    409,
  ),
  "reference.scope-forbidden": entry(
    "never",
    "Reference data of this scope is not for this caller.",
    "Name only scopes of your own: all, your store, your terminal. After a move to another store leave the old one out.",
    403,
  ),
  "reference.not-writable": entry(
    "never",
    "Documents of this collection are not changed by stores.",
    "Change them at head office; stores may push members and orders.",
    403,
  ),
  "reference.chunk-gone": entry(
    "automatic",
    "This part of a snapshot is not kept any more.",
    "Nothing: ask for the snapshots again and go on with the newer one.",
    404,
  ),
  "reference.chunk-damaged": entry(
    "automatic",
    "A part of the first load of reference data is not what its hash or its list says.",
    "Nothing: it is fetched again. If it stays, look for a proxy that alters what it passes on.",
  ),
  "reference.checkpoint-unknown": entry(
    "never",
    "The checkpoint is none of this terminal's reference data.",
    "Forget what was pulled and pull from the start: the data was loaded anew.",
    409,
  ),
  "reference.collection-unknown": entry("never", "There is no such collection of reference data.", "See the list of collections.", 404),
} as const;
