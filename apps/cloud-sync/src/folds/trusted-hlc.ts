import { CLOCK_DRIFT_MAX_MS, decodeHlc, encodeHlc, type HlcText } from "@tillsync/sync-protocol";

/**
 * An entry's time, not later than the cloud heard of it: a clock that is a year ahead must not let one count or one change
 * of a member rule for a year. A clock that is behind cannot be told from a long time offline.
 */
export const trustedHlc = (hlc: HlcText, receivedAtMs: number): HlcText =>
  decodeHlc(hlc).ms > receivedAtMs + CLOCK_DRIFT_MAX_MS ? hlcOfMs(receivedAtMs) : hlc;

export const hlcOfMs = (ms: number): HlcText => encodeHlc({ ms, counter: 0 });
