import { IN_FLIGHT_MAX } from "@tillsync/sync-protocol";

/** Bounds of the replicator, by name, with their reasons. Times in milliseconds. */

/** Connecting past this is a line that is down: the till's next sale should not hang on it. */
export const CONNECT_DEADLINE_MS = 10_000;

/** One request at a time each; a hello never waits behind a batch that is being given up. */
export const CONNECTIONS_MAX = IN_FLIGHT_MAX + 1;

/** A question with a short answer. A slow satellite line answers within 3 s. */
export const HELLO_DEADLINE_MS = 15_000;

/** One batch, from the first byte to the whole answer. The first batches of 100 sales pass a line of 8 kbit/s in it. */
export const PUSH_DEADLINE_MS = 30_000;

/** The longest answer that is read: 500 verdicts whose details are all of three-byte characters are about 1 MB. */
export const ANSWER_BYTES_MAX = 4 * 1024 * 1024;

/** Kept free in a batch for its header, which is about 500 bytes. */
export const HEADER_BYTES_MAX = 1_024;

/** zstd level of batches. Level 3 takes 8 us a sale; higher ones gain 5 % of the bytes for double the time. */
export const ZSTD_LEVEL = 3;

/** Smaller batches go as they are: below this the frame's overhead eats what compression wins. */
export const COMPRESS_BYTES_MIN = 256;

/** Life of a device's proof. The cloud takes five minutes at most; one request needs seconds. */
export const TOKEN_LIFE_S = 120;

/** Exchanges whose server times are kept. Nine outvote four odd ones. */
export const CLOCK_SAMPLES_MAX = 9;

/** Past what a request's duration explains, a difference this large means that a clock was set or the machine slept. */
export const CLOCK_STEP_MS = 2_000;

/** How often what `status` shows is kept for readers without the process. Changes of state are kept at once. */
export const STATUS_KEPT_EVERY_MS = 30_000;

/** How often a running agent without enrolment looks for one. A person waits for it. */
export const ENROLMENT_POLL_MS = 2_000;

/** Pause before the session is built anew after a failure that it has no event for, such as a disk that is full. */
export const RESTART_MS = 15_000;

/** Sales that follow each other closer than this go together: at sixteen a second one request does the work of sixteen, and so does what the cloud tells back. The first after a rest waits for nothing. */
export const GATHER_MS = 1_000;
