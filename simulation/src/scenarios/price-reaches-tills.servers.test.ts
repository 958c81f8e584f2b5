import { expect, test } from "vitest";
import { runPriceFanOut } from "../price-fan-out/run.ts";

/** A hundred take a minute on a busy machine; TILLSYNC_FAN_OUT_TERMINALS=1000 for all. How long it may take is held by `npm run bench`. */
const TERMINALS = Number(process.env["TILLSYNC_FAN_OUT_TERMINALS"] ?? 100);
const CHANGES = 5;

test(`a changed price reaches ${TERMINALS} connected terminals while each drains a backlog and one's upload is stuck`, async () => {
  const result = await runPriceFanOut({ terminals: TERMINALS, batches: TERMINALS >= 1_000 ? 2 : 12, changes: CHANGES }, () => undefined);
  console.log(
    `${TERMINALS} terminals: p50 ${Math.round(result.p50Ms)} ms, p99 ${Math.round(result.p99Ms)} ms, last ${Math.round(result.maxMs)} ms; ` +
      `${result.batchesMeanwhile} batches acknowledged meanwhile`,
  );
  expect(result).toMatchObject({
    terminals: TERMINALS,
    expected: TERMINALS * CHANGES,
    arrived: TERMINALS * CHANGES,
    stuckThroughout: true,
  });
  // In the stream itself; a pull would be an exception.
  expect(result.arrivedLive).toBeGreaterThanOrEqual(result.expected * 0.9);
  // It was a backlog all the time, and it moved.
  expect(result.drainingAtEnd).toBeGreaterThan(0);
  expect(result.batchesMeanwhile).toBeGreaterThan(0);
});
