/** Bounds of each door, by name, with their reasons. The two doors share none: a flood at one leaves the other open. */

/** Connections that have not shown the secret yet. One more, and the oldest is closed: who speaks at once is never kept out. */
export const SILENT_MAX = 128;
/** Connections that have shown it: windows, trays and commands of one machine. One more is told to wait. */
export const CLIENTS_MAX = 64;
/** Of those, how many may wait for news at once: each window needs one. The others stay free for questions. */
export const WAITING_MAX = 32;
/** Answers that lie ready for clients that do not read them. Past this a client is told to wait instead. */
export const UNREAD_BYTES_MAX = 64 * 1024 * 1024;
/** A refusal is left for its client to read for this long while what the client still sends is thrown away. */
export const LINGER_MS = 500;

export interface DoorDeadlines {
  /** From the connection to the last byte of the request, however it drips. On one machine that is milliseconds. */
  readonly requestMs: number;
  /** From the answer to its last byte read. The largest has some ten MB. */
  readonly answerMs: number;
}
export const DOOR_DEADLINES: DoorDeadlines = { requestMs: 5_000, answerMs: 30_000 };
