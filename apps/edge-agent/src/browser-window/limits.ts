/** Bounds of the window in a browser, by name, with their reasons. */

/** The link is for the browser that is being started now. */
export const LINK_LASTS_MS = 60_000;
/** A window asks every few seconds, and a hidden one at least once a minute: after this long nobody has it open. */
export const IDLE_MS = 15 * 60_000;
/** How often both are looked at. */
export const LOOK_MS = 5_000;

/** Rows that a window pushes; everything else that it sends is some hundred bytes. */
export const BODY_BYTES_MAX = 512 * 1024;
/** Questions in hand at once: one page has at most six connections. */
export const REQUESTS_MAX = 16;
/** Longest silence on a connection: longer than the longest question may take. */
export const STALLED_MS = 660_000;

/** The built window has some dozens of files and a few MB; more is something else. */
export const FILES_MAX = 500;
export const FILES_BYTES_MAX = 64 * 1024 * 1024;

/** A browser that cannot be started says so within this. */
export const BROWSER_STARTS_MS = 3_000;
