import { entry } from "./entry.ts";

/** Codes of what service clients write: their tokens, rows of their feeds, and what is wrong with a feed as a whole. */
export const FEED_CODES = {
  "auth.service-token": entry(
    "after-fix",
    "The service client's token is missing, wrong or revoked.",
    "Send `authorization: Bearer TOKEN` with a token of `cloud-sync service-clients add`.",
    401,
  ),
  "auth.not-allowed": entry(
    "never",
    "The service client may not do this.",
    "Make a client with the right that is named: `cloud-sync service-clients add NAME --may RIGHTS`.",
    403,
  ),
  "client.exists": entry("never", "There is an active service client of that name.", "Choose another name, or revoke that one first."),
  "client.unknown": entry("never", "There is no active service client of that name.", "See `service-clients list`."),
  "reference.unknown": entry("never", "There is no such document.", "See `cloud-sync reference list`.", 404),
  "reference.own-collection": entry(
    "never",
    "The documents of this collection are made by the cloud itself.",
    "Leave them to it: what a till may spend offline follows from accounts, never from a feed.",
    403,
  ),
  "reference.row-malformed": entry(
    "after-fix",
    "A row of the feed is no JSON object that can be taken.",
    "Correct the row of the number given and send it again.",
    422,
  ),
  "reference.row-too-large": entry("after-fix", "A row of the feed is larger than a document may be.", "Send less in it.", 422),
  "reference.personal-data": entry(
    "after-fix",
    "The id of a row is no pseudonym. It may be a card number or an address; it was not kept.",
    "Send the keyed hash of it, 22 base64url digits, as the tills make it.",
    422,
  ),
  "reference.elsewhere": entry(
    "after-fix",
    "The document lives in another scope, and the feed does not say that documents may move.",
    "Check the scope. If the document is to leave the other one, send the feed with move=true; one id has one scope.",
    422,
  ),
  "reference.contradiction": entry(
    "after-fix",
    "A row says something else of a document than an earlier row of the same feed.",
    "Find out which is right. The first row counts until then.",
    422,
  ),
  "reference.currency-wrong": entry(
    "after-fix",
    "The currency is not that of the store.",
    "Check the scope of the row, and the store's own currency in the collection `stores`.",
    422,
  ),
  "reference.cycle": entry(
    "after-fix",
    "A product would contain itself or be a variant of itself, by way of others.",
    "Correct the product or those on the way that is named; if another row of the feed already does, send the feed again.",
    422,
  ),
  "reference.too-deep": entry(
    "after-fix",
    "Products contain each other, or are variants of each other, over too many steps.",
    "Name what the chain ends in directly.",
    422,
  ),
  "reference.too-many-prices": entry(
    "after-fix",
    "The item has too many prices that have not ended in this scope.",
    "Delete prices that are no longer meant, or give them an end.",
    422,
  ),
  "reference.feed-too-large": entry(
    "never",
    "The feed has more rows or bytes than one may have.",
    "Send it in parts, or import it from a file.",
    413,
  ),
  "reference.feed-broken": entry(
    "after-fix",
    "The feed ended before its end, or cannot be unpacked. The rows before that were taken.",
    "Send it again: rows that were taken count as unchanged.",
    400,
  ),
  "reference.too-many-deletions": entry(
    "after-fix",
    "The feed leaves out more documents than may be deleted at once; none was deleted, its rows were taken.",
    "See whether the feed is complete. If it is, send it again with a higher maxDeletedPercent.",
    409,
  ),
} as const;
