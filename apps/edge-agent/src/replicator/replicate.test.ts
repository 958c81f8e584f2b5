import Database from "better-sqlite3";
import { afterEach, describe, expect, it } from "vitest";
import { epoch } from "@tillsync/sync-protocol";
import { openVerdicts } from "../journal/acknowledge.ts";
import { closingTills, deadLine, deafLine, goodLine, receipts, type Line } from "./testing/till.ts";
import { readKeptStatus, upstreamStatus } from "./upstream-status.ts";

const { till, closeAll } = closingTills();
afterEach(closeAll);

describe("a good line", () => {
  it("sends a backlog and then each sale, and both ends agree", async () => {
    const one = till();
    one.sell(1_300);
    one.start();
    await one.until(one.drained);
    expect(one.heads().theirs).toEqual(one.heads().ours);
    one.sell(1);
    await one.until(() => one.cloud.head(epoch(1)).seq === 1_301 && one.drained());
    expect(one.heads().theirs).toEqual(one.heads().ours);
    expect(one.replicator?.status()).toEqual({
      name: "cloud",
      state: "online",
      ackedSeq: 1_301,
      pending: 0,
      oldestPendingAgeMs: null,
      lastError: null,
    });
  });

  it("sends what was appended as it is, byte by byte", async () => {
    const one = till();
    one.sell(3);
    one.start();
    await one.until(one.drained);
    const rows = one.store.prepare<[], { line: Uint8Array }>("SELECT line FROM entry ORDER BY key").all();
    expect(one.cloud.allLines()).toEqual(rows.map(({ line }) => Buffer.from(line).toString()));
  });

  it("goes on from what was acknowledged after a restart of the agent", async () => {
    const one = till();
    one.sell(700);
    one.start();
    await one.until(one.drained);
    await one.replicator?.stop();
    one.store.close();
    one.store = one.open();
    const before = one.cloud.requests;
    one.sell(5);
    one.start();
    await one.until(one.drained);
    expect(one.cloud.requests - before).toBeLessThanOrEqual(3);
    expect(one.heads().theirs).toEqual(one.heads().ours);
  });

  it("does not hold up the append: nothing is read or signed before it has returned", async () => {
    const one = till();
    one.start();
    await one.until(one.drained);
    const before = one.cloud.requests;
    one.sell(1);
    expect(one.replicator?.status()).toMatchObject({ state: "online", pending: 1 });
    expect(one.cloud.requests).toBe(before);
    await one.until(one.drained);
  });
});

describe("faults of the line", () => {
  it("is offline while the line is dead, and drains when it is back", async () => {
    const one = till();
    one.line = deadLine;
    one.sell(40);
    one.start();
    await one.until(() => one.replicator?.status().lastError?.code === "wire.unreachable");
    expect(one.replicator?.status()).toMatchObject({ state: "offline", pending: 40, ackedSeq: 0 });
    expect(one.replicator?.status().oldestPendingAgeMs).toBeGreaterThanOrEqual(0);
    one.line = goodLine;
    await one.until(one.drained);
    expect(receipts(one).size).toBe(40);
  });

  it("stores once what was heard by the cloud and not answered", async () => {
    const one = till();
    one.sell(600);
    let lost = 0;
    one.line = (request, cloud) => (request.path === "/v1/entries" && (lost += 1) <= 4 ? deafLine(request, cloud) : cloud());
    one.start();
    await one.until(one.drained);
    expect(lost).toBeGreaterThan(4);
    expect(one.cloud.allLines()).toHaveLength(600);
    expect(one.heads().theirs).toEqual(one.heads().ours);
  });

  it("stores once what arrives twice, the second time late", async () => {
    const one = till();
    one.sell(900);
    const late: (() => Promise<unknown>)[] = [];
    one.line = async (request, cloud) => {
      const answer = await cloud();
      if (request.path === "/v1/entries") late.push(cloud);
      if (late.length > 2) await late.shift()?.();
      return answer;
    };
    one.start();
    await one.until(one.drained);
    for (const again of late) await again();
    expect(one.cloud.allLines()).toHaveLength(900);
    expect(one.heads().theirs).toEqual(one.heads().ours);
  });

  it("orders batches that overtake each other", async () => {
    const one = till(3);
    one.sell(2_000);
    let count = 0;
    one.line = async (request, cloud) => {
      if (request.path === "/v1/entries" && (count += 1) % 3 === 1) await new Promise((resolve) => setTimeout(resolve, 10));
      return cloud();
    };
    one.start();
    await one.until(one.drained);
    expect(one.cloud.allLines()).toHaveLength(2_000);
    expect(one.heads().theirs).toEqual(one.heads().ours);
  });

  it.each(["wire.not-cloud", "wire.deadline", "internal.unexpected", "db.unavailable"] as const)("gets over %s", async (code) => {
    const one = till();
    one.sell(50);
    let left = 3;
    one.line = (_request, cloud) => ((left -= 1) >= 0 ? Promise.resolve({ kind: "failed", failure: { code } }) : cloud());
    one.start();
    await one.until(one.drained);
    expect(one.replicator?.status().lastError?.code).toBe(code);
    expect(one.cloud.allLines()).toHaveLength(50);
  });

  it("waits at least as long as a busy cloud asks", async () => {
    const one = till();
    one.sell(5);
    one.cloud.refuse = () => "wire.busy";
    one.cloud.retryAfter = "40";
    one.start();
    await one.until(() => one.cloud.requests === 1 && one.replicator?.status().state === "offline");
    const refusedAt = one.ports.monotonic;
    one.cloud.refuse = () => undefined;
    await one.until(() => one.cloud.requests === 2);
    expect(one.ports.monotonic - refusedAt).toBeGreaterThanOrEqual(40_000);
    await one.until(one.drained);
  });

  it("sends less at once when a batch is too large", async () => {
    const one = till();
    one.sell(300);
    one.cloud.bodyBytesMax = 2_500;
    one.start();
    await one.until(one.drained);
    expect(one.cloud.allLines()).toHaveLength(300);
  });

  it("blocks, and keeps everything, when one entry alone is too large", async () => {
    const one = till();
    one.sell(3);
    one.cloud.bodyBytesMax = 100;
    one.start();
    await one.until(() => one.replicator?.status().state === "blocked");
    expect(one.replicator?.status()).toMatchObject({ pending: 3, lastError: { code: "wire.too-large" } });
    one.cloud.bodyBytesMax = 1_000_000;
    await one.until(one.drained);
  });

  it("takes nothing for stored on a page that says yes", async () => {
    const one = till();
    one.sell(10);
    const portal: Line = () => Promise.resolve({ kind: "answered", body: { ok: true, html: "<html>" } });
    one.line = portal;
    one.start();
    await one.until(() => one.replicator?.status().lastError?.code === "wire.not-cloud");
    expect(one.replicator?.status()).toMatchObject({ state: "offline", pending: 10, ackedSeq: 0 });
  });
});

describe("after the machine has slept", () => {
  it("says hello at once, where it would have waited a minute, and sends nothing twice", async () => {
    const one = till();
    one.sell(3);
    one.start();
    await one.until(one.drained);
    const before = one.cloud.requests;
    one.replicator?.wake();
    await one.until(() => one.cloud.requests > before && one.drained());
    expect(one.cloud.requests).toBe(before + 1);
    expect(one.heads().theirs).toEqual(one.heads().ours);
  });

  it("does not wait for what was under way, and settles what became of it", async () => {
    const one = till();
    one.start();
    await one.until(one.drained);
    // Stored, and the answer was lost with the sleep.
    one.line = deafLine;
    one.sell(5);
    await one.until(() => one.cloud.head(epoch(1)).seq === 5);
    one.line = goodLine;
    one.replicator?.wake();
    await one.until(one.drained);
    expect(one.cloud.allLines()).toHaveLength(5);
    expect(one.heads().theirs).toEqual(one.heads().ours);
  });

  it("leaves a replicator alone that was stopped", async () => {
    const one = till();
    one.start();
    await one.until(one.drained);
    await one.replicator?.stop();
    const before = one.cloud.requests;
    one.replicator?.wake();
    await one.until(() => true);
    expect(one.cloud.requests).toBe(before);
  });
});

describe("what head office does", () => {
  it("stops at a revocation with everything kept, and goes on when it is taken back", async () => {
    const one = till();
    one.sell(1_000);
    one.start();
    await one.until(() => one.cloud.allLines().length > 100);
    one.cloud.revoked = true;
    await one.until(() => one.replicator?.status().state === "blocked");
    expect(one.replicator?.status().lastError?.code).toBe("auth.revoked");
    one.sell(10);
    one.cloud.revoked = false;
    await one.until(one.drained);
    expect(receipts(one).size).toBe(1_010);
    expect(one.heads().theirs).toEqual(one.heads().ours);
  });

  it("keeps the verdicts once each, and asks for what follows", async () => {
    const one = till();
    one.sell(20);
    one.start();
    await one.until(one.drained);
    for (let n = 1; n <= 1_200; n += 1)
      one.cloud.verdicts.push({
        n,
        epoch: epoch(1),
        seq: one.store.end.seq as never,
        kind: n % 2 === 1 ? "set-aside" : "taken-up",
        code: "entry.invalid",
      });
    one.cloud.verdicts.push({ n: 1_201, epoch: epoch(1), seq: 3 as never, kind: "set-aside", code: "entry.invalid", detail: "lines.0" });
    one.sell(1);
    const count = (): number => one.store.prepare<[], { n: number }>("SELECT count(*) AS n FROM verdict").get()?.n ?? 0;
    await one.until(() => count() === 1_201);
    expect(openVerdicts(one.store, 10)).toMatchObject([{ n: 1_201, seq: 3, code: "entry.invalid", detail: "lines.0" }]);
  });

  it("fills a cloud that was restored from an older backup", async () => {
    const one = till();
    one.sell(1_000);
    one.start();
    await one.until(one.drained);
    one.cloud.rewind(epoch(1), 377);
    one.sell(1);
    await one.until(() => one.cloud.head(epoch(1)).seq === 1_001 && one.drained());
    expect(one.heads().theirs).toEqual(one.heads().ours);
    expect(one.replicator?.status().ackedSeq).toBe(1_001);
  });

  it("keeps to the limits that the cloud sets", async () => {
    const one = till();
    one.cloud.limits = { batchEntriesMax: 7, batchBytesMax: 4_000, inFlightMax: 1 };
    one.sell(30);
    one.start();
    await one.until(one.drained);
    expect(one.cloud.requests).toBeGreaterThanOrEqual(5);
  });
});

describe("status without the process", () => {
  it("shows the last known from the store alone", async () => {
    const one = till();
    one.sell(10);
    one.start();
    await one.until(one.drained);
    one.line = deadLine;
    one.sell(4);
    await one.until(() => one.replicator?.status().state === "offline");
    await one.replicator?.stop();
    const status = upstreamStatus(one.store, readKeptStatus(one.store), one.ports.wallMs());
    expect(status).toMatchObject({ state: "offline", ackedSeq: 10, pending: 4, lastError: { code: "wire.unreachable" } });
  });
});

describe("what is not as it was written", () => {
  it("is stored by nobody: a changed entry blocks its journal and says why", async () => {
    const one = till();
    one.sell(5);
    one.store.db.exec(`UPDATE entry SET line = CAST(replace(CAST(line AS TEXT), '1250', '9250') AS BLOB) WHERE key % 8589934592 = 3`);
    one.start();
    await one.until(() => one.replicator?.status().state === "blocked");
    expect(one.replicator?.status()).toMatchObject({ pending: 5, lastError: { code: "ingest.chain-broken" } });
    expect(one.cloud.allLines()).toHaveLength(0);
  });

  it("is not signed by this terminal: the cloud takes nothing under another's key", async () => {
    const one = till();
    const other = till();
    one.sell(5);
    Object.assign(one, { keys: { ...one.keys, journal: { ...one.keys.journal, privateKey: other.keys.journal.privateKey } } });
    one.start();
    await one.until(() => one.replicator?.status().state === "blocked");
    expect(one.replicator?.status().lastError?.code).toBe("ingest.signature");
    expect(one.cloud.allLines()).toHaveLength(0);
  });
});

describe("a store that fails", () => {
  it("starts anew after the session could not be fed, and drains", async () => {
    const one = till();
    one.sell(10);
    const { prepare } = one.store;
    let broken = true;
    Object.assign(one.store, {
      prepare: (text: string) => {
        if (broken && text.includes("INSERT INTO verdict")) throw new Error("no");
        return prepare(text);
      },
    });
    one.cloud.verdicts.push({ n: 1, epoch: epoch(1), seq: 1 as never, kind: "set-aside", code: "entry.invalid" });
    one.start();
    await one.until(() => one.logged.some(({ level }) => level === "error"));
    expect(one.replicator?.status()).toMatchObject({ state: "offline", lastError: { code: "internal.unexpected" } });
    broken = false;
    await one.until(one.drained);
    expect(openVerdicts(one.store, 10)).toHaveLength(1);
  });

  it("blocks with the disk's own word, and keeps everything, when entries cannot be read", async () => {
    const one = till();
    one.sell(10);
    const { prepare } = one.store;
    let broken = true;
    Object.assign(one.store, {
      prepare: (text: string) => {
        if (broken && text.includes("SELECT key, line FROM entry")) throw new Database.SqliteError("disk I/O error", "SQLITE_IOERR_READ");
        return prepare(text);
      },
    });
    one.start();
    await one.until(() => one.replicator?.status().state === "blocked");
    expect(one.replicator?.status().lastError?.code).toBe("store.disk-error");
    broken = false;
    await one.until(one.drained);
    expect(one.cloud.allLines()).toHaveLength(10);
  });

  it("listens to the journal once, however often it starts anew", async () => {
    const one = till();
    const { prepare } = one.store;
    let crashes = 0;
    Object.assign(one.store, {
      prepare: (text: string) => {
        if (text.includes("INSERT INTO verdict") && (crashes += 1) <= 3) throw new Error("no");
        return prepare(text);
      },
    });
    one.cloud.verdicts.push({ n: 1, epoch: epoch(1), seq: 1 as never, kind: "set-aside", code: "entry.invalid" });
    one.start();
    await one.until(one.drained);
    expect(crashes).toBe(4);
    expect(one.store.listeners.size).toBe(1);
    await one.replicator?.stop();
    expect(one.store.listeners.size).toBe(0);
  });
});
