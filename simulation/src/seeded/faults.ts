/** Everything that may go wrong in a world. A seed turns a subset of them on, since faults hide behind each other. */
export const FAULTS = [
  // The line.
  "drop",
  "duplicate",
  "delay",
  "cut",
  "half-open",
  "captive-portal",
  "outage",
  // Terminals.
  "crash",
  "crash-at-commit",
  "disk-copy-restored",
  "disk-image-restored",
  "clone-copied",
  "clone-imaged",
  "clock-wrong",
  "clock-jump",
  // What is sold.
  "receipt-changed",
  "unreadable-entry",
  "unknown-type",
  "not-allowed",
  // The cloud.
  "cloud-crash",
  "cloud-crash-at-commit",
  "database-away",
  "cloud-restored",
] as const;
export type Fault = (typeof FAULTS)[number];

/** Each fault is on in about two worlds of five. */
const SHARE = 0.4;

export const chooseFaults = (random: () => number): ReadonlySet<Fault> => new Set(FAULTS.filter(() => random() < SHARE));
