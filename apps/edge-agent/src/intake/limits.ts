/** Bounds of the HTTP interface, by name, with their reasons. Each is tested at the limit and one past it. */

/** Where it listens unless the configuration says otherwise. Registered for nobody. */
export const PORT_DEFAULT = 7317;

/** A batch of 500 sales is 1 MB, and one entry at most 1 MiB. What has more is sent in parts. */
export const BODY_BYTES_MAX = 2 * 1024 * 1024;
/** Bodies of everything but transactions: a step of an order with 500 lines is 40 KB. */
export const SMALL_BODY_BYTES_MAX = 128 * 1024;
/** Rows of one request: what is read and committed at one go, while every other request waits. */
export const ROWS_MAX = 500;
/** Lists and objects inside each other. A transaction needs 6. */
export const JSON_DEPTH_MAX = 32;
/** Header block of a request; a token has 80 bytes. */
export const HEADER_BYTES_MAX = 8 * 1024;
/** Path and query of a request: the longest question has three ids of 600 encoded bytes. */
export const URL_CHARS_MAX = 4_096;

/** On one machine headers arrive at once; who drips them is none of ours. */
export const HEADERS_MAX_MS = 5_000;
/** A whole request, from its first byte to its last. */
export const REQUEST_MAX_MS = 15_000;
/** Node looks at the two deadlines above this often. */
export const DEADLINE_CHECK_MS = 1_000;
/** A connection on which nothing moves while a request is in hand: its client does not read the answer. */
export const STALLED_MS = 30_000;
/** How long a client's idle connection stays. Longer than the pause between two customers would need no new one. */
export const KEEP_ALIVE_MS = 120_000;

/** Connections that have shown no valid token yet. One more, and the oldest of them is closed: a flood never keeps a till out. */
export const STRANGERS_MAX = 64;
/** Connections of clients that have shown their token. A till has a handful of programs. */
export const CLIENT_CONNECTIONS_MAX = 128;
/** Requests in hand at once; with the largest body each this bounds the memory at 64 MiB. */
export const REQUESTS_MAX = 32;
/** Rows of one commit. Requests that wait share its sync of the disk; past this the first of them would wait for too many. */
export const COMMIT_ROWS_MAX = 1_000;

/** Programs that have a token. */
export const CLIENTS_MAX = 100;
/** How long requests in hand get to end when the agent is told to stop. */
export const CLOSE_MAX_MS = 1_500;
/** After this long a port that could not be had is tried again. */
export const LISTEN_AGAIN_MS = 5_000;
/** Seconds that a client is asked to wait after `intake.busy` or a full disk. */
export const RETRY_AFTER_S = 1;
