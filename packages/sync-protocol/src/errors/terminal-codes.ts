import { entry, type ErrorEntry } from "./entry.ts";

/** The part of the catalogue that people meet at a terminal: enrolment, keys, sources and adapters. */
export const TERMINAL_CODES = {
  // --- enrolment and device authentication -----------------------------------------------------------------------
  "enrol.code-invalid": entry("never", "The enrolment code is wrong or has expired.", "Ask head office for a new code.", 403),
  "enrol.code-used": entry("never", "The enrolment code was used before.", "Ask head office for a new code; codes work once.", 409),
  "enrol.too-many": entry(
    "automatic",
    "Too many wrong enrolment codes came from this address.",
    "Wait a minute, then type the code again.",
    429,
  ),
  "enrol.store-mismatch": entry(
    "never",
    "The terminal belongs to another store.",
    "Use another terminal name, or the store it belongs to.",
  ),
  "enrol.already": entry(
    "never",
    "This data folder is already enrolled.",
    "Use another data folder, or remove this one after `doctor` says that everything is acknowledged.",
  ),
  "enrol.required": entry(
    "after-fix",
    "This terminal is not enrolled.",
    "Run `edge-agent enrol` with a code from head office. Sales are kept until then.",
  ),
  "enrol.insecure-url": entry("never", "Plain http is refused except to this machine.", "Use an https address."),
  "keys.permissions": entry(
    "after-fix",
    "A secret file may be read or changed by others than its owner.",
    "Take the rights away (chmod 600, owner: the agent's user). If others had access, enrol the terminal again.",
  ),
  "keys.unreadable": entry("after-fix", "A secret file cannot be read.", "Give the agent's user the right to read it."),
  "keys.damaged": entry("after-fix", "A key file is damaged.", "Put it back from a backup; do not delete it."),
  "keys.missing": entry(
    "after-fix",
    "The key that signed this journal is gone.",
    "Put the keys folder back from a backup, or keep the folder as evidence and start with an empty one.",
  ),
  "auth.missing": entry("after-fix", "The request names no device.", "Enrol the terminal.", 401),
  "auth.invalid": entry("after-fix", "The device's proof of identity is wrong.", "Enrol the terminal again if this stays.", 401),
  "auth.clock": entry(
    "automatic",
    "The device's clock is off; its proof is not valid at the cloud's time.",
    "Nothing: the agent signs again with the cloud's time. Set the terminal's clock.",
    401,
  ),
  "auth.revoked": entry("after-fix", "Head office has revoked this terminal.", "Call head office. Sales stay safe on the terminal.", 403),
  "auth.forbidden": entry(
    "never",
    "The device may not do this for another store's journal.",
    "Check that the terminal is enrolled for the right store.",
    403,
  ),

  // --- sources and adapters --------------------------------------------------------------------------------------
  "adapter.unknown": entry("after-fix", "There is no adapter of that name.", "Use one of the names listed."),
  "adapter.config-invalid": entry(
    "after-fix",
    "The adapter's configuration does not have the right shape.",
    "Correct the field that is named.",
  ),
  "adapter.failed": entry(
    "after-fix",
    "The adapter stopped with an error of its own.",
    "The bytes are set aside. Report it with the item; retry after an update.",
  ),
  "source.not-found": entry("after-fix", "The file or folder does not exist.", "Check the path."),
  "source.not-file": entry("after-fix", "The path is not a regular file.", "Name a file, or a folder to watch in the configuration."),
  "source.no-permission": entry("after-fix", "The file may not be read.", "Give the agent's user the right to read it."),
  "source.empty": entry("after-fix", "The file is empty.", "Check the POS export; the name and time are kept in set-aside."),
  "source.too-large": entry("after-fix", "The file is larger than the agent takes.", "Split the export, or raise the source's limit."),
  "source.changed": entry("automatic", "The file changed while it was read.", "Nothing: it is read again once it stays still."),
  "capture.truncated": entry(
    "automatic",
    "The file ends in the middle of a record.",
    "Complete records are taken. The rest is taken when the file grows; otherwise check the export.",
  ),
  "capture.malformed": entry(
    "after-fix",
    "A record is not well formed.",
    "Look at the bytes with `set-aside show`; correct the export, then retry.",
  ),
  "capture.dtd-refused": entry(
    "never",
    "The XML carries a document type or entities, which no POS needs.",
    "Treat the file as hostile until its origin is known.",
  ),
  "capture.encoding": entry(
    "after-fix",
    "The bytes are not valid in the declared or configured encoding.",
    "Set the right encoding in the source's configuration, then retry.",
  ),
  "capture.currency-unknown": entry(
    "after-fix",
    "The currency is missing or unknown.",
    "Set the store's currency in the configuration, then retry.",
  ),
  "capture.amount-invalid": entry(
    "after-fix",
    "An amount is no exact decimal of its currency.",
    "Look at the record; correct the export or the mapping, then retry.",
  ),
  "capture.field-missing": entry(
    "after-fix",
    "A field that a transaction needs is missing.",
    "Look at the record; correct the export or the mapping, then retry.",
  ),
  "capture.field-invalid": entry(
    "after-fix",
    "A field of the record cannot be understood.",
    "Look at the record; correct the export or the mapping, then retry.",
  ),
  "capture.too-complex": entry(
    "after-fix",
    "The record is nested too deep or has too many parts.",
    "Look at the bytes; a receipt never is.",
  ),
  "capture.limit": entry("after-fix", "The record is larger than one entry may be.", "Look at the bytes; split the export."),
  "capture.not-a-sale": entry("never", "The row is no sale: a stock correction or a bookkeeping line.", "Nothing. It is kept for audit."),
  "capture.key-conflict": entry(
    "after-fix",
    "Two different receipts of one file carry the same number.",
    "Both are kept. Add the begin time to the natural key in the source's configuration, then retry.",
  ),
} as const satisfies Record<string, ErrorEntry>;
