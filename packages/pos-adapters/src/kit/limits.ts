/** Bounds of the adapters, by name, with their reasons. Each is tested at the limit and one past it. */

/** Bytes of one source record. A receipt of 1,000 lines is 3 MB of POSLog; an entry of 1 MiB is never made from more than this. */
export const RECORD_BYTES_MAX = 8 * 1024 * 1024;

/** Elements inside elements. POSLog needs 10; vendor extensions add a handful. */
export const XML_DEPTH_MAX = 64;

/** Attributes of one element. The richest seen has 9. */
export const XML_ATTRIBUTES_MAX = 256;

/** Elements of one record. A line has about 25; 5,000 lines are the most a transaction may have. */
export const XML_ELEMENTS_MAX = 250_000;

/** Characters of one text or attribute that is kept. Longer ones are receipt images or attacks. */
export const XML_TEXT_MAX = 64 * 1024;

/** Elements open around the records (SOAP envelope, batch, POSLog), and the bytes of one of their tags. */
export const XML_WRAPPERS_MAX = 16;
export const XML_WRAPPER_BYTES_MAX = 64 * 1024;

/** Characters of one field of a delimited file. Past it a quote was left open. */
export const DELIMITED_FIELD_MAX = 64 * 1024;

/** Columns of one row. The widest export seen has 80. */
export const DELIMITED_COLUMNS_MAX = 1_000;

/** Bytes of one row: a quoted field may hold line ends, so that only a limit ends a row whose quote was left open. */
export const DELIMITED_ROW_BYTES_MAX = 256 * 1024;

/** Rows of one group. A transaction may have 5,000 lines. */
export const GROUP_ROWS_MAX = 5_000;

/** Closed groups remembered, so that rows of an invoice that come again later are set aside and not taken for a second receipt. */
export const GROUPS_REMEMBERED_MAX = 256;

/** One line of NDJSON: an entry may not be larger either. */
export const JSON_LINE_BYTES_MAX = 1024 * 1024;
