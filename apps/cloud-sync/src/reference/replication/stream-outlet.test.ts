import { expect, test } from "vitest";
import { STREAM_QUEUE_BYTES_MAX, STREAM_QUEUE_EVENTS_MAX } from "../../limits.ts";
import { openStreamOutlet } from "./stream-outlet.ts";

/** A line that takes what it is given until it is told that it is full. */
function openLine() {
  const taken: string[] = [];
  const ends: string[] = [];
  let [full, drained] = [false, () => undefined as void];
  const clock = { nowMs: 1_000 };
  const outlet = openStreamOutlet(
    {
      write: (bytes) => (taken.push(Buffer.from(bytes).toString()), !full),
      onDrain: (call) => (drained = call),
      end: () => ends.push("end"),
      destroy: () => ends.push("destroy"),
    },
    () => clock.nowMs,
  );
  return { taken, ends, outlet, clock, fill: () => (full = true), drain: () => ((full = false), drained()) };
}
const event = (text: string | number, bytes = 1): Buffer => Buffer.from(String(text).padEnd(bytes, " "));
const RESYNC = 'data: {"kind":"resync"}\n\n';

test("what a slow reader does not take waits and comes in order", () => {
  const line = openLine();
  line.outlet.send(event("a"));
  line.fill();
  for (const text of ["b", "c", "d"]) line.outlet.send(event(text));
  line.outlet.beat(event("beat"));
  expect(line.taken).toEqual(["a", "b"]);
  expect(line.outlet.stuckSinceMs).toBe(1_000);
  line.drain();
  expect(line.taken).toEqual(["a", "b", "c", "d"]);
  expect(line.outlet.stuckSinceMs).toBeUndefined();
  line.outlet.beat(event("beat"));
  expect(line.taken.at(-1)).toBe("beat");
});

test.each([
  ["events", STREAM_QUEUE_EVENTS_MAX, 1],
  ["bytes", STREAM_QUEUE_BYTES_MAX / 1024, 1024],
])("at its bound of %s the queue holds all; past it the reader is told to pull, and nothing is kept", (_what, atBound, bytes) => {
  for (const past of [0, 1]) {
    const line = openLine();
    line.fill();
    line.outlet.send(event("first"));
    for (let i = 0; i < atBound + past; i += 1) line.outlet.send(event(i, bytes));
    if (past === 1) for (let i = 0; i < 10_000; i += 1) line.outlet.send(event("more", bytes));
    line.drain();
    expect(line.taken).toHaveLength(past === 0 ? 1 + atBound : 2);
    if (past === 1) expect(line.taken.at(-1)).toBe(RESYNC);
    line.outlet.send(event("after"));
    expect(line.taken.at(-1)).toBe("after");
  }
});

test("a line that takes nothing is cut, not ended", () => {
  const line = openLine();
  line.outlet.end();
  line.fill();
  line.outlet.send(event("x"));
  line.outlet.end();
  expect(line.ends).toEqual(["end", "destroy"]);
});
