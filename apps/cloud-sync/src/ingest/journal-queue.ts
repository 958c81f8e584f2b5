/** How long a batch that came before its predecessor waits for it: two in flight may overtake each other by this much. */
export const PREDECESSOR_WAIT_MAX_MS = 2_000;
/** Batches of one journal that wait at once; a sender has no more than this in flight. */
export const PREDECESSORS_AWAITED_MAX = 8;

interface JournalState {
  inProcess: number;
  headSeq: number;
  readonly waiting: Set<{ seq: number; resolve: (reached: boolean) => void }>;
}

/** One batch's place in the queue of its journal, from before its transaction to its answer. */
export interface JournalPlace {
  /** True as soon as a batch of this process has brought the journal to `seq`; false when that takes too long. */
  reached(seq: number): Promise<boolean>;
  advanced(seq: number): void;
  leave(): void;
}

export interface JournalQueue {
  enter(journal: string): JournalPlace;
}

/**
 * Lets batches of one journal that overtook each other on the wire wait for each other, so that two in flight do not end
 * in a `gap`. It holds a journal only while batches of it are in process, and decides nothing: the head under the
 * database's lock does.
 */
export function createJournalQueue(waitMaxMs = PREDECESSOR_WAIT_MAX_MS): JournalQueue {
  const journals = new Map<string, JournalState>();
  return {
    enter: (journal) => {
      const state = journals.get(journal) ?? { inProcess: 0, headSeq: 0, waiting: new Set() };
      journals.set(journal, state);
      state.inProcess++;
      return {
        reached: (seq) => waitFor(state, seq, waitMaxMs),
        advanced: (seq) => {
          state.headSeq = Math.max(state.headSeq, seq);
          for (const waiter of state.waiting) if (waiter.seq <= state.headSeq) waiter.resolve(true);
        },
        leave: () => {
          if (--state.inProcess === 0) journals.delete(journal);
        },
      };
    },
  };
}

function waitFor(state: JournalState, seq: number, waitMaxMs: number): Promise<boolean> {
  if (state.headSeq >= seq) return Promise.resolve(true);
  if (state.waiting.size >= PREDECESSORS_AWAITED_MAX) return Promise.resolve(false);
  return new Promise((resolve) => {
    const end = (reached: boolean): void => {
      clearTimeout(timer);
      state.waiting.delete(waiter);
      resolve(reached);
    };
    const waiter = { seq, resolve: end };
    const timer = setTimeout(end, waitMaxMs, false);
    state.waiting.add(waiter);
  });
}
