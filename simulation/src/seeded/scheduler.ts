/** Something that will happen. Cancelling what has happened does nothing. */
export interface Planned {
  cancel(): void;
}

interface Event {
  readonly atMs: number;
  /** Of two at one moment, the one that was planned first. */
  readonly turn: number;
  readonly work: () => void | Promise<void>;
  cancelled: boolean;
}

/**
 * The world's true time and the one order in which things happen. Nothing in it waits in real time: an event runs to its
 * end, with all the real work that it set off, before the next one starts, so that a seed decides the order alone.
 */
export class Scheduler {
  /** Milliseconds since the world began. */
  nowMs = 0;
  ran = 0;
  private turn = 0;
  private readonly heap: Event[] = [];
  private readonly underway = new Set<Promise<unknown>>();

  after(delayMs: number, work: () => void | Promise<void>): Planned {
    const event: Event = { atMs: this.nowMs + Math.max(0, delayMs), turn: this.turn++, work, cancelled: false };
    this.push(event);
    return { cancel: () => void (event.cancelled = true) };
  }

  /** Real work on another thread (a signature): the event that set it off ends after it. */
  awaitReal<T>(work: Promise<T>): Promise<T> {
    this.underway.add(work);
    void this.forget(work);
    return work;
  }

  /** Runs the next event; false when there is none up to `untilMs`, to which the time then moves. */
  async runNext(untilMs: number): Promise<boolean> {
    for (;;) {
      const next = this.heap[0];
      if (next === undefined || next.atMs > untilMs) {
        this.nowMs = Math.max(this.nowMs, untilMs);
        return false;
      }
      this.pop();
      if (next.cancelled) continue;
      this.nowMs = next.atMs;
      this.ran += 1;
      await next.work();
      await this.settle();
      return true;
    }
  }

  private async settle(): Promise<void> {
    do {
      await Promise.allSettled(this.underway);
      // Whatever the finished work continues with runs before this.
      await new Promise((resolve) => setImmediate(resolve));
    } while (this.underway.size > 0);
  }

  private async forget(work: Promise<unknown>): Promise<void> {
    await Promise.allSettled([work]);
    this.underway.delete(work);
  }

  private push(event: Event): void {
    const { heap } = this;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(event, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = event;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}

const isBefore = (a: Event, b: Event): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.turn < b.turn);
