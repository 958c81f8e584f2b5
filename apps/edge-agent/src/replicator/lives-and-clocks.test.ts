import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { epoch } from "@tillsync/sync-protocol";
import { openAgentStore } from "../store/open-store.ts";
import { closingTills, receipts } from "./testing/till.ts";
import { readKeptStatus } from "./upstream-status.ts";

const { till, closeAll } = closingTills();
afterEach(closeAll);

describe("two lives of one terminal", () => {
  it("starts a new epoch when the cloud is ahead (a restored disk), and loses nothing of either life", async () => {
    const one = till();
    one.sell(50);
    one.start();
    await one.until(one.drained);
    await one.replicator?.stop();
    const backup = mkdtempSync(join(tmpdir(), "tillsync-backup-"));
    try {
      one.store.close();
      cpSync(one.dir, backup, { recursive: true });
      one.store = one.open();
      one.sell(30);
      one.start();
      await one.until(one.drained);
      await one.replicator?.stop();
      one.store.close();
      // The same file again, so that only the cloud can tell: its inode stays, its bytes go back.
      writeFileSync(join(one.dir, "agent.sqlite"), readFileSync(join(backup, "agent.sqlite")));
      one.store = one.open();
      expect(one.store.end.seq).toBe(50);
      one.sales = 500;
      one.sell(20);
      one.start();
      await one.until(one.drained);
      expect(one.store.end.epoch).toBe(2);
      expect(receipts(one).size).toBe(50 + 30 + 20);
      expect(one.cloud.head(epoch(1)).seq).toBe(80);
      expect(one.heads().theirs).toEqual(one.heads().ours);
    } finally {
      rmSync(backup, { recursive: true, force: true });
    }
  });

  it("tells a fork when two copies wrote on, and both copies' sales arrive", async () => {
    const one = till();
    one.sell(50);
    one.start();
    await one.until(one.drained);
    await one.replicator?.stop();
    one.store.close();
    const other = till();
    other.store.close();
    cpSync(one.dir, other.dir, { recursive: true });
    one.store = one.open();
    other.store = openAgentStore(other.dir, { now: other.ports.wallMs, journalKey: one.keys.journal.thumbprint });
    // The copy is noticed by the folder alone, before the cloud is heard.
    expect(other.store.end.epoch).toBe(2);
    Object.assign(other, { keys: one.keys, cloud: one.cloud });
    one.sell(10);
    other.sales = 900;
    other.sell(10);
    one.start();
    await one.until(one.drained);
    other.start();
    await other.until(other.drained);
    one.sell(1);
    await one.until(one.drained);
    expect(receipts(one).size).toBe(50 + 11 + 10);
    expect(other.heads().ours).toContainEqual(expect.objectContaining({ epoch: 2 }));
  });

  it("tells a fork of an unnoticed clone, carries over, and merges nothing", async () => {
    const one = till();
    one.sell(20);
    one.start();
    await one.until(one.drained);
    await one.replicator?.stop();
    // What a clone with the same keys has written in the same epoch.
    const clone = till();
    Object.assign(clone, { keys: one.keys, cloud: one.cloud });
    clone.store.close();
    rmSync(join(clone.dir, "agent.sqlite"));
    clone.store = openAgentStore(clone.dir, { now: clone.ports.wallMs, journalKey: one.keys.journal.thumbprint });
    clone.sales = 700;
    clone.sell(25);
    clone.start();
    await clone.until(clone.drained);
    expect(clone.store.end.epoch).toBe(2);
    expect(clone.logged.some(({ fields }) => "code" in fields && (fields.code === "ingest.fork" || fields.code === "journal.copied"))).toBe(
      true,
    );
    expect(one.cloud.head(epoch(1)).seq).toBe(20);
    expect(receipts(one).size).toBe(45);
  });

  it("moves to the epoch that a re-enrolment allows, with what was captured before", async () => {
    const one = till();
    one.sell(12);
    one.cloud.firstEpoch = epoch(4);
    one.start();
    await one.until(one.drained);
    expect(one.store.end.epoch).toBe(4);
    expect(one.cloud.journals.has(epoch(1))).toBe(false);
    expect(receipts(one).size).toBe(12);
    expect(one.cloud.allLines()[0]).toContain('"reason":"re-enrolled"');
    expect(one.heads().theirs).toEqual(one.heads().ours);
  });
});

describe("clocks", () => {
  const YEAR_MS = 365 * 86_400_000;

  it.each([
    ["ahead", YEAR_MS],
    ["behind", -YEAR_MS],
  ])("drains with a clock a year %s, and reports it", async (_name, error) => {
    const one = till();
    one.ports.wallErrorMs = error;
    one.sell(100);
    one.start();
    await one.until(one.drained);
    const clock = one.replicator?.clock();
    expect(Math.abs((clock?.offsetMs ?? 0) - error)).toBeLessThan(1_000);
    expect(clock?.code).toBe("clock.wrong");
    expect(one.cloud.lastHello?.wallMs).toBe(one.ports.wallMs());
    expect(one.logged.filter(({ fields }) => "code" in fields && fields.code === "clock.wrong")).toHaveLength(1);
    await one.replicator?.stop();
    expect(Math.abs((readKeptStatus(one.store).offsetMs ?? 0) - error)).toBeLessThan(1_000);
  });

  it("does not stop when the clock jumps in the middle of a drain", async () => {
    const one = till();
    one.sell(2_000);
    one.start();
    await one.until(() => one.cloud.allLines().length > 300);
    one.ports.wallErrorMs = -YEAR_MS;
    one.sell(100);
    await one.until(() => one.cloud.allLines().length > 1_200);
    one.ports.wallErrorMs = YEAR_MS;
    one.sell(100);
    await one.until(one.drained);
    expect(one.cloud.allLines()).toHaveLength(2_200);
    expect(one.heads().theirs).toEqual(one.heads().ours);
    expect(one.replicator?.status().lastError).toBeNull();
    expect(one.replicator?.clock().code).toBe("clock.wrong");
  });

  it("says nothing of an offset of seconds", async () => {
    const one = till();
    one.ports.wallErrorMs = 30_000;
    one.start();
    await one.until(one.drained);
    expect(one.replicator?.clock()).toEqual({ offsetMs: 30_000, code: null });
  });
});
