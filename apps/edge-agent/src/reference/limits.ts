/** Bounds of what comes down, by name, with their reasons. Times in milliseconds. */

/** One stream, one page, one chunk and the chunk after it; never a connection of the sales. */
export const DOWN_CONNECTIONS_MAX = 4;

/** A list of manifests: nine collections, three scopes, some hundred chunks each at most. */
export const MANIFEST_BYTES_MAX = 8 * 1024 * 1024;
/** One page of documents. The cloud cuts pages at 4 MB; one document is 256 KB at most. */
export const PAGE_BYTES_MAX = 16 * 1024 * 1024;
/** One event of the stream; the cloud sends 64 KB at most and names what is larger. */
export const EVENT_BYTES_MAX = 1024 * 1024;

/** A question from its first byte to the end of its answer. On a slow line pages become smaller until they fit. */
export const ANSWER_DEADLINE_MS = 60_000;
/** No byte for this long: the line is down. */
export const CHUNK_IDLE_MS = 30_000;
/** A chunk is asked for again behind what is there after this, so that a far end that drips cannot hold it for ever. */
export const CHUNK_DEADLINE_MS = 600_000;
/** The cloud says every 15 s that it is there; three times nothing is a dead line. */
export const STREAM_IDLE_MS = 50_000;

/** A page that does not fit the deadline is halved down to this. */
export const PAGE_DOCUMENTS_MIN = 10;

/**
 * Documents are applied for this long at a time; then the till, the journal and the uplink have their turn. One slice may
 * take a little longer: it ends after the 16 documents under way, its commit, and now and then a fold of the log.
 */
export const SLICE_MS = 10;
/** The clock is looked at once in so many documents. */
export const SLICE_DOCUMENTS = 16;

/** Attempts at one chunk whose bytes are not what its name says. A proxy that alters bytes does it again. */
export const WRONG_HASH_MAX = 3;

/** Free space that a chunk leaves on the disk: a sale must fit for a long time after it. */
export const FREE_BYTES_KEPT = 64 * 1024 * 1024;

/** After a failure: doubled each time, spread over its half, so that a thousand tills do not come back at once. */
export const RETRY_FIRST_MS = 1_000;
export const RETRY_MAX_MS = 60_000;
/** What needs a person is tried again this often: somebody may have done something. */
export const BLOCKED_RETRY_MS = 300_000;
/** However long the cloud asks to be left alone. */
export const RETRY_AFTER_MAX_MS = 600_000;
/** A stream that lived this long was a good one: the next attempt comes at once. */
export const STREAM_GOOD_MS = 30_000;

/** Everything is asked for this often while there is no stream, and while there is one (in case word was lost). */
export const POLL_MS = 30_000;
export const POLL_WITH_STREAM_MS = 900_000;
/** How often it is kept that all is as the cloud has it. */
export const FRESH_KEPT_EVERY_MS = 60_000;

/** Tombstones kept of each collection past its first load, for windows that were away. */
export const TOMBSTONES_KEPT = 10_000;
