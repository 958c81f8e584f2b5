import { DOOR_CODES } from "./door-codes.ts";
import { entry, type ErrorEntry } from "./entry.ts";
import { INTAKE_CODES } from "./intake-codes.ts";
import { REFERENCE_CODES } from "./reference-codes.ts";
import { SERVICE_CODES } from "./service-codes.ts";
import { SHOP_FLOOR_CODES } from "./shop-floor-codes.ts";
import { SUPPORT_CODES } from "./support-codes.ts";
import { SYSTEM_CODES } from "./system-codes.ts";
import { TERMINAL_CODES } from "./terminal-codes.ts";
import { UPDATE_CODES } from "./update-codes.ts";

/**
 * The catalogue: every error that a person or a program can meet has its code here, with what it means, whether Tillsync
 * tries again by itself, and what to do next. Docs, console, CLI and `doctor` print from it; nothing invents a text of
 * its own. Codes are stable: a code may be added, never given another meaning.
 *
 * `retry`: `automatic` - Tillsync tries again, nobody has to act; `after-fix` - kept, and tried again once the cause is
 * gone; `never` - the request itself is wrong. `http` is the status where the cloud answers with the code.
 */
export const ERROR_CODES = {
  // --- use of commands and configuration -------------------------------------------------------------------------
  "usage.invalid": entry("never", "The command line is wrong.", "Run the command with --help."),
  "runtime.node-too-old": entry(
    "never",
    "This program needs a newer Node.js.",
    "Use the Node.js that comes with the package, or install the version named.",
  ),
  "config.invalid": entry(
    "after-fix",
    "A configuration file does not have the right shape.",
    "Correct the field that is named; the last good configuration stays in force.",
  ),
  "config.unreadable": entry("after-fix", "A configuration file cannot be read.", "Check that the file exists, is JSON and may be read."),
  "data.locked": entry(
    "after-fix",
    "Another process already uses this data folder.",
    "Stop the other process, or name another folder with --data.",
  ),
  "data.future": entry(
    "after-fix",
    "The data folder was written by a newer version.",
    "Install that version or a later one; nothing was changed.",
  ),
  "data.not-found": entry("after-fix", "There is no data at the folder named.", "Check --data; enrol or capture creates it."),
  "agent.stopping": entry("automatic", "The agent is being stopped.", "Run the command again; what was captured is kept."),
  "internal.unexpected": entry(
    "after-fix",
    "Something happened that should not be possible.",
    "Report it with the log; nothing that was acknowledged is lost.",
    500,
  ),

  ...TERMINAL_CODES,
  ...REFERENCE_CODES,
  ...SYSTEM_CODES,
  ...INTAKE_CODES,
  ...UPDATE_CODES,
  ...SHOP_FLOOR_CODES,
  ...SUPPORT_CODES,
  ...DOOR_CODES,
  ...SERVICE_CODES,

  // --- the terminal's journal and store --------------------------------------------------------------------------
  "store.disk-full": entry("automatic", "The disk is full.", "Free some space. The POS gets no more yes until a sale can be kept safely."),
  "store.disk-error": entry("after-fix", "The disk reports an error.", "Replace the disk or the terminal; export the journal first."),
  "store.corrupt": entry("after-fix", "The local database is damaged.", "Do not delete it. Run `edge-agent export`, then call support."),
  "journal.chain-broken": entry(
    "after-fix",
    "An entry of the journal was changed, removed or reordered after it was written.",
    "Keep the data folder as evidence; see the entry that `verify` names.",
  ),
  "journal.copied": entry(
    "automatic",
    "The data folder was copied or restored; the journal goes on in a new epoch.",
    "Nothing, if you restored it. Otherwise find the second machine.",
  ),
  "clock.wrong": entry("automatic", "This machine's clock differs from the cloud's.", "Set the clock. Selling and sending go on."),

  "serve.insecure": entry(
    "never",
    "The cloud does not listen on the network without TLS.",
    "Give --tls-cert and --tls-key, or --behind-proxy if a proxy in front does the TLS, or listen on 127.0.0.1.",
  ),
  "serve.address": entry(
    "after-fix",
    "The cloud cannot listen at this address.",
    "Choose another --port or --host, or stop the program that uses it.",
  ),
  "terminal.unknown": entry("never", "There is no terminal of that name.", "See `terminals list`."),
  "store.unknown": entry("never", "There is no store of that name.", "See `stores list`."),

  // --- the wire --------------------------------------------------------------------------------------------------
  "wire.malformed": entry("never", "The message is not valid.", "Update the sender; nothing was stored.", 400),
  "wire.too-large": entry("never", "The message is larger than allowed.", "Nothing: the agent sends smaller batches.", 413),
  "wire.version": entry("after-fix", "The two sides share no protocol version.", "Update the agent or the cloud.", 426),
  "wire.media-type": entry("never", "The message's media type or encoding is not supported.", "Update the sender.", 415),
  "wire.not-cloud": entry(
    "automatic",
    "Something answered that is not the Tillsync cloud.",
    "Check the address and for a sign-in page of the network. Sales are kept.",
  ),
  "wire.unreachable": entry("automatic", "The cloud cannot be reached.", "Check the line. Sales are kept and sent later."),
  "wire.deadline": entry("automatic", "The cloud did not answer in time.", "Nothing: it is tried again."),
  "wire.busy": entry("automatic", "The cloud is busy.", "Nothing: the agent waits as long as the cloud asks.", 503),
  "wire.not-found": entry("never", "There is nothing at this address.", "Check the address.", 404),

  // --- ingest and event log --------------------------------------------------------------------------------------
  "ingest.chain-broken": entry(
    "never",
    "The batch's entries do not lead to its signed head.",
    "Run `edge-agent verify` on the terminal.",
    422,
  ),
  "ingest.signature": entry(
    "never",
    "The head's signature is not the terminal's.",
    "Run `edge-agent doctor` on the terminal; enrol it again if its key is lost.",
    422,
  ),
  "ingest.gap": entry("automatic", "Entries before this batch are missing.", "Nothing: the terminal sends them again."),
  "ingest.gap-unfillable": entry(
    "after-fix",
    "The cloud asks for entries that the terminal no longer keeps.",
    "Restore the cloud from a newer backup, or import the terminal's export.",
  ),
  "ingest.fork": entry(
    "automatic",
    "The journal went two ways: a disk was restored or copied.",
    "Nothing is lost. Find out whether a second machine runs with this terminal's data.",
  ),
  "ingest.entry-limit": entry("never", "An entry is larger than allowed.", "Update the agent.", 422),
  "log.damaged": entry(
    "after-fix",
    "The event log has a hole, or a stored batch cannot be read or does not match its hashes.",
    "Do not delete anything. Run `cloud-sync verify`, then restore the database from a backup; terminals send the rest again.",
    500,
  ),
  "db.unavailable": entry(
    "automatic",
    "The database does not answer.",
    "Nothing, if it returns. Otherwise start it; terminals keep their sales.",
    503,
  ),
  "db.too-old": entry(
    "after-fix",
    "The PostgreSQL server is too old.",
    "Upgrade the server to the version named, or use the embedded one.",
  ),
  "db.runtime": entry(
    "after-fix",
    "The embedded PostgreSQL cannot be run on this machine.",
    "Install the package with its install scripts and optional packages, or name a server with --database-url.",
  ),
  "db.no-user": entry(
    "after-fix",
    "PostgreSQL refuses to run as root, and there is no other user to run it as.",
    "Make a user named postgres, start the cloud as a user of its own, or name a server with --database-url.",
  ),
  "db.folder-closed": entry(
    "after-fix",
    "The database's own user cannot enter the data folder.",
    "Choose a folder such as /var/lib/tillsync, allow entry to the folder named (chmod o+x), or start the cloud as a user of its own.",
  ),

  // --- reading entries -------------------------------------------------------------------------------------------
  "entry.type-unknown": entry(
    "after-fix",
    "The entry's type is not known to this version.",
    "Update the cloud; the entry is then taken up in order.",
  ),
  "entry.schema-unknown": entry(
    "after-fix",
    "The transaction's schema version is not known.",
    "Update the cloud; the entry is then taken up in order.",
  ),
  "entry.invalid": entry(
    "after-fix",
    "The transaction does not have the right shape.",
    "See the field that is named; it is taken up once a rule or an upcaster covers it.",
  ),
  "entry.not-allowed": entry("after-fix", "The terminal may not write this entry.", "Check which store the terminal belongs to."),
  "entry.key-conflict": entry(
    "after-fix",
    "Two terminals wrote different receipts under one natural key.",
    "Compare both; they are kept. Correct the workstation's number in the POS.",
  ),
  "order.transition-forbidden": entry(
    "after-fix",
    "A step of an order cannot have happened as it is told.",
    "See `orders show ID`. When what it needs was told since, run `set-aside retry`; otherwise correct the order where it is kept.",
  ),
  "order.unknown": entry("never", "Nothing was told of an order of that number.", "See `orders list`."),
  "order.no-conflict": entry("never", "The order has no conflict to settle.", "See `orders conflicts`."),

  // --- destinations ----------------------------------------------------------------------------------------------
  "destination.config-invalid": entry("never", "The destination's file does not have the right shape.", "Correct the field that is named."),
  "destination.exists": entry("never", "There is a destination of that name.", "Choose another name."),
  "destination.unknown": entry("never", "There is no destination of that name.", "See `destinations list`."),
  "destination.address-refused": entry("never", "The address points into a private network.", "Set allowPrivateNetwork if that is meant."),
  "destination.sealed": entry(
    "after-fix",
    "The destination's secrets cannot be opened.",
    "Bring back the seal key (keys/cloud-seal.key, or TILLSYNC_SEAL_KEY), or add the destination again.",
  ),
  "destination.update-refused": entry(
    "never",
    "This part of a destination cannot be changed.",
    "Leave the named field as it is, or add a second destination.",
  ),
  "destination.open-deliveries": entry(
    "never",
    "Deliveries to this destination are still open.",
    "Retry or skip them first; --force closes them unsent, on record.",
  ),
  "destination.no-look-up": entry(
    "never",
    "A destination of this kind cannot be asked what it holds.",
    "Reconcile without --ask: that compares the log with what the destination acknowledged.",
  ),
  "destination.return-without-sale": entry(
    "never",
    "Goods came back without a sale, and the destination gives money back for its own sales only.",
    "Enter the return at the destination by hand, then skip the delivery with that as its reason.",
  ),
  "destination.return-unproven": entry(
    "never",
    "Goods may have been returned at the destination, and others changed the same sale there before that could be seen.",
    "Look at the sale that is named at the destination. If the return is missing, make it by hand; then skip the delivery.",
  ),
  "destination.stock-unproven": entry(
    "never",
    "Stock may have been moved, the answer never came, and the destination can no longer be asked.",
    "Look into the articles' history at the destination for the reference that is named. If the change is missing, make it by hand; then skip the delivery.",
  ),
  "destination.parked-limit": entry(
    "after-fix",
    "Too many items are parked; the destination stands still and keeps everything.",
    "See `deliveries list --state parked`; correct the cause, then retry them and resume the destination.",
  ),
  "mapping.missing": entry(
    "after-fix",
    "The destination's mapping does not say what a code is called there.",
    "Add the codes that are named to the mapping, then run `destinations update`.",
  ),
  "delivery.edit-refused": entry(
    "never",
    "An edit may not change what was sold, to which day it belongs or what was paid.",
    "Leave the named field as the till wrote it; correct the sale itself in the POS.",
  ),
  "delivery.not-releasable": entry("never", "Nothing of this key is in the way.", "See `deliveries list --destination NAME`."),
  "delivery.held": entry(
    "never",
    "The delivery waits behind an earlier one of the same receipt.",
    "Retry or skip the earlier one; this one follows by itself.",
  ),
  "delivery.uncertain": entry(
    "automatic",
    "The item was sent and no answer came.",
    "Nothing where a repeat is safe: it is sent again under the same identity. Otherwise look it up at the destination.",
  ),
  "delivery.unknown": entry("never", "There is no such delivery.", "See `deliveries list`."),
  "delivery.theirs": entry("automatic", "The destination failed or was not there.", "Nothing: it is tried again."),
  "delivery.rejected": entry(
    "after-fix",
    "The destination refuses this item for good.",
    "Correct the data or the destination, then retry or skip it.",
  ),
  "delivery.set-up": entry(
    "after-fix",
    "The destination refuses us: credentials or address are wrong.",
    "Correct the destination, then resume it. Nothing was dropped.",
  ),
  "delivery.exhausted": entry("after-fix", "The item failed too often and is parked.", "See the last answer; then retry or skip it."),
  "delivery.look-up": entry(
    "automatic",
    "Whether the destination has the item could not be learned yet; nothing was sent meanwhile.",
    "Nothing: it is asked again.",
  ),
  "delivery.foreign": entry(
    "after-fix",
    "Another's document stands at the destination under our reference.",
    "Find out whose it is and remove or rename it there; then retry or skip the item.",
  ),
  "delivery.mapping-missing": entry(
    "after-fix",
    "The mapping does not say what the destination calls something; the item's ordering key waits, nothing was sent.",
    "Add the codes that are named to the mapping and update the destination: what waits for it is tried again by itself.",
  ),
  "delivery.cause-missing": entry(
    "automatic",
    "The item waits for what it is about: a return for its sale, a movement of points for its member.",
    "Nothing: it follows when that arrives. After the destination's `causes.waitMs` it is parked or sent.",
  ),
  "delivery.cause-overdue": entry(
    "after-fix",
    "What the item is about did not arrive within the destination's time for it.",
    "See whether that receipt was captured; then retry or skip the item.",
  ),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERROR_CODES;
export type { ErrorEntry } from "./entry.ts";
