/** Time of one scenario: the fake's and the connector's alike. It moves only when told. */
export interface VirtualClock {
  nowMs(): number;
  advance(ms: number): void;
}

const START_MS = Date.UTC(2026, 10, 20, 9);

export function virtualClock(startMs = START_MS): VirtualClock {
  let nowMs = startMs;
  return {
    nowMs: () => nowMs,
    advance: (ms) => {
      nowMs += ms;
    },
  };
}
