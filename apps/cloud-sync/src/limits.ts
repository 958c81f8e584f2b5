/** Bounds of the HTTP server. Each is a deadline or a cap that a sender on a bad line can live with and an attacker cannot use. */

/** Headers arrive in one packet or two; a sender that drips them is not one of ours. */
export const HEADERS_MAX_MS = 15_000;
/** A whole request. The largest usual batch is 100 KB as it travels, which takes 13 s at 64 kbit/s; agents shrink batches on slow lines. */
export const REQUEST_MAX_MS = 120_000;
/** Node looks at the two deadlines above this often only; seldom would let a sender hold a connection for long past them. */
export const DEADLINE_CHECK_MS = 5_000;
/** Idle connections. Longer than the second between two looks of an agent, shorter than a proxy's patience. */
export const KEEP_ALIVE_MS = 72_000;
/** Connections at once: a few per terminal for a cloud of this kind. */
export const CONNECTIONS_MAX = 4_000;
/** JSON bodies: a hello with 64 journals is 8 KB. */
export const JSON_BYTES_MAX = 64 * 1024;
/** Header block. A device's proof is 400 bytes. */
export const HEADER_BYTES_MAX = 16 * 1024;
/** How long the readiness check waits for the database. */
export const READY_CHECK_MAX_MS = 2_000;
/** Seconds that a refused sender is asked to wait, before its own jitter. */
export const RETRY_AFTER_S = 2;
/** How long requests in hand get to end when the process is told to stop; PostgreSQL's own stop comes after. */
export const CLOSE_MAX_MS = 2_000;
