import { describe, expect, test } from "vitest";
import { TillsyncError } from "@tillsync/sync-protocol";
import type { Reader } from "../../capture/reader.ts";
import { makeSale } from "../../journal/testing/sales.ts";
import { sha256 } from "../../journal/hash.ts";
import { COMMIT_ROWS_MAX } from "../limits.ts";
import type { CaptureJob } from "./commit-jobs.ts";
import { createCommitQueue } from "./commit-queue.ts";
import type { RowResult } from "./row-result.ts";

const row = (sequence: number, content = ""): CaptureJob["rows"][number] => ({
  kind: "transaction",
  transaction: makeSale({ sequence }),
  key: `17/3/2026-03-02/${sequence}` as never,
  hash: sha256(`${sequence}${content}`),
  range: [0, 1],
  masked: () => new Uint8Array(0),
});
const job = (client: string, rows: CaptureJob["rows"]): CaptureJob => ({ client, reader: {} as Reader, rows });
const answer = ({ rows }: CaptureJob): RowResult[] =>
  rows.map((_, i) => ({ row: i + 1, result: "captured", identity: "x", revision: 1, epoch: 1, seq: i + 1 }));

/** A queue whose commits are written down, with what was answered after each. */
function watched(fails: (jobs: readonly CaptureJob[]) => unknown = () => undefined) {
  const events: string[] = [];
  const queue = createCommitQueue((jobs) => {
    const error = fails(jobs);
    events.push(`${error === undefined ? "commit" : "fail"} ${jobs.map(({ client }) => client).join("+")}`);
    if (error !== undefined) throw error;
    return jobs.map(answer);
  });
  const add = async (one: CaptureJob): Promise<void> => {
    try {
      await queue.add(one);
      events.push(`yes ${one.client}`);
    } catch (error) {
      events.push(`no ${one.client} ${error instanceof TillsyncError ? error.code : "bug"}`);
    }
  };
  return { events, queue, add };
}

describe("requests that arrive together", () => {
  test("share one commit, and none is answered before it", async () => {
    const { events, add } = watched();
    await Promise.all([add(job("a", [row(1)])), add(job("b", [row(2)])), add(job("c", [row(3)]))]);
    expect(events).toEqual(["commit a+b+c", "yes a", "yes b", "yes c"]);
  });

  test("one that comes alone goes alone, at once", async () => {
    const { events, add } = watched();
    await add(job("a", [row(1)]));
    await add(job("b", [row(2)]));
    expect(events).toEqual(["commit a", "yes a", "commit b", "yes b"]);
  });

  test("are kept apart where they bring different contents of one receipt, and stay in order", async () => {
    const { events, add } = watched();
    await Promise.all([
      add(job("a", [row(1)])),
      add(job("b", [row(1)])),
      add(job("c", [row(2), row(1, "other")])),
      add(job("d", [row(3)])),
    ]);
    expect(events.filter((event) => event.startsWith("commit"))).toEqual(["commit a+b", "commit c+d"]);
  });

  test("are bounded in rows; one larger than the bound still goes", async () => {
    const many = (client: string, from: number): CaptureJob =>
      job(
        client,
        Array.from({ length: COMMIT_ROWS_MAX / 2 }, (_, i) => row(from + i)),
      );
    const { events, add } = watched();
    await Promise.all([add(many("a", 0)), add(many("b", 10_000)), add(many("c", 20_000))]);
    expect(events.filter((event) => event.startsWith("commit"))).toEqual(["commit a+b", "commit c"]);
  });
});

describe("a commit that fails", () => {
  test("of the disk gives nobody a yes", async () => {
    const { events, add } = watched(() => new TillsyncError("store.disk-full"));
    await Promise.all([add(job("a", [row(1)])), add(job("b", [row(2)]))]);
    expect(events).toEqual(["fail a+b", "no a store.disk-full", "no b store.disk-full"]);
  });

  test("for a fault of ours is repeated one by one: who did not cause it gets his yes", async () => {
    const { events, add } = watched((jobs) => (jobs.some(({ client }) => client === "bad") ? new Error("bug") : undefined));
    await Promise.all([add(job("a", [row(1)])), add(job("bad", [row(2)])), add(job("c", [row(3)]))]);
    expect(events).toEqual(["fail a+bad+c", "commit a", "fail bad", "commit c", "yes a", "no bad bug", "yes c"]);
  });
});

test("a queue that is closed answers those that it has, and takes no more", async () => {
  const { events, queue, add } = watched();
  const first = add(job("a", [row(1)]));
  await queue.close();
  await first;
  await add(job("b", [row(2)]));
  expect(events).toEqual(["commit a", "yes a", "no b agent.stopping"]);
});
