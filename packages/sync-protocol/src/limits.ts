/**
 * Every bound of the protocol, by name, with its reason. Each is tested at the limit and one past it.
 */

/** One entry's line in bytes. A basket of 1,000 lines is about 400 KB; past 1 MiB it is no receipt. */
export const ENTRY_BYTES_MAX = 1024 * 1024;

/** Entries in one batch. Past 500 the gain per request is below 2 % while a lost answer repeats more. */
export const BATCH_ENTRIES_MAX = 500;

/** One batch before compression. 500 sales are about 1 MB; 8 MiB lets seven of the largest entries through together. */
export const BATCH_BYTES_MAX = 8 * 1024 * 1024;

/** One batch as it travels. zstd shrinks sales about tenfold; a body that is larger than its plain limit is refused. */
export const BATCH_WIRE_BYTES_MAX = 8 * 1024 * 1024;

/** Room for the header line of a batch within its bytes. The longest possible header has about 500. */
export const PUSH_HEADER_BYTES_MAX = 1024;

/** Batches of one journal under way at once at most. Two hide the answer's latency on a LAN; slow lines need more. */
export const IN_FLIGHT_MAX = 8;

/** Journals (epochs) named in one hello. A terminal with more lives than this needs a person. */
export const HELLO_JOURNALS_MAX = 64;

/** Verdicts in one answer; more follow with the next exchange. */
export const VERDICTS_MAX = 500;

/** Lines of one transaction. Seen in the field: 100; the bound keeps validation linear and small. */
export const TRANSACTION_LINES_MAX = 5_000;

/** Lines of one step of an order. A parcel or a picking list has fewer; the whole order is told without lines. */
export const ORDER_STATUS_LINES_MAX = 500;

/** Free text in the model (descriptions, reasons). Longer text is cut by the adapter and marked. */
export const TEXT_MAX = 1_000;

/** Vendor extension values of one transaction, as JSON text. They are for audit, not a second data path. */
export const EXTENSIONS_BYTES_MAX = 64 * 1024;

/** Digits of a minor-unit amount: a million million in any currency, and exact in every database. */
export const AMOUNT_DIGITS_MAX = 15;

/** How far a remote clock may lead before it is reported as wrong. It is never refused. */
export const CLOCK_DRIFT_MAX_MS = 60_000;
