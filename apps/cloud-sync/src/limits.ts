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
/** One part of a path: a document's id of 200 characters, each at most nine as percent signs write it. */
export const PATH_PART_CHARS_MAX = 1_800;
/** Header block. A device's proof is 400 bytes. */
export const HEADER_BYTES_MAX = 16 * 1024;
/** How long the readiness check waits for the database. */
export const READY_CHECK_MAX_MS = 2_000;
/** Seconds that a refused sender is asked to wait, before its own jitter. */
export const RETRY_AFTER_S = 2;
/** How long requests in hand get to end when the process is told to stop; PostgreSQL's own stop comes after. */
export const CLOSE_MAX_MS = 2_000;
/**
 * Transactions of ingest at once. The shard's lock lets one through at a time; the next few are ready to follow, and most of the
 * connections stay for what flows down, for readers and for checks.
 */
export const INGEST_TRANSACTIONS_MAX = 4;

// --- reference data ------------------------------------------------------------------------------------------------------------

/** Live streams of one process: a thousand terminals twice over, and connections are left for their sales. */
export const STREAMS_MAX = 2_500;
/** Streams of one terminal: its agent's, and those whose line died without a word. The oldest goes for a new one. */
export const STREAMS_PER_TERMINAL_MAX = 3;
/** Streams of one service client, which may stand for many windows. */
export const STREAMS_PER_SERVICE_MAX = 200;
/** Events that wait for a slow reader; past it they are given up and it pulls. */
export const STREAM_QUEUE_EVENTS_MAX = 256;
export const STREAM_QUEUE_BYTES_MAX = 256 * 1024;
/** How long a reader may take nothing before its line is cut. */
export const STREAM_STUCK_MAX_MS = 30_000;
/** Silence after which a stream says that it lives and has told everything: less than proxies' and routers' patience. */
export const STREAM_BEAT_MS = 15_000;
/** A stream ends after this long, by up to a fifth more, and its reader comes again with a fresh proof. */
export const STREAM_LIFE_MS = 30 * 60_000;
/** How often it is asked whether the readers may still read: a revoked terminal's stream ends within this. */
export const STREAM_CHECK_MS = 2_000;
/** How often heads are looked at without word of them. */
export const STREAM_POLL_MS = 3_000;
/** Pages of documents read at once: most connections to the database stay for sales. */
export const PAGES_READ_AT_ONCE = 4;
/** Pages waited for: after a change that is too large for an event every terminal asks at the same moment. */
export const PAGES_AWAITED_MAX = 3_000;
/** Pushes of documents in hand, as text in memory and as transactions. */
export const PUSHES_AT_ONCE = 4;
export const PUSHES_AWAITED_MAX = 60;
/** Body of one push: a hundred rows, each with the state before and after. */
export const PUSH_BYTES_MAX = 4 * 1024 * 1024;
