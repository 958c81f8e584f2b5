import { randomInt } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toHex } from "@tillsync/sync-protocol";
import type { Database } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { OPEN_TEST_DATABASE_MAX_MS } from "../../db/testing/open-test-database.ts";
import { openTestCloud, type TestCloud } from "../../testing/open-test-cloud.ts";
import type { TestChain, TestTerminal } from "../../testing/test-terminal.ts";
import { appendSegment, type NewSegment } from "../append.ts";
import { hashAt } from "../hash-at.ts";
import type { LogEntry } from "../log-entry.ts";
import { readFrom } from "../read-from.ts";
import { verifyLog } from "../verify-log.ts";
import { hashPair } from "../../ingest/hash-pair.ts";
import { overtakePosition } from "./overtake-position.ts";

export interface OpenedLog {
  readonly db: Database;
  close(): Promise<void>;
  /** False where one connection serves all, so that two transactions can never be open at once. */
  readonly concurrent: boolean;
}

/**
 * What every database under the event log must keep: exact bytes, dense positions in commit order, one effect of a batch
 * however often and in whatever company it comes, and nothing of a transaction that did not commit.
 */
export function runEventLogContractTests(name: string, open: () => Promise<OpenedLog>): void {
  describe(`event log on ${name}`, () => {
    let log: OpenedLog;
    let cloud: TestCloud;
    let terminals = 0;
    beforeAll(async () => {
      log = await open();
      cloud = await openTestCloud(log.db);
    }, OPEN_TEST_DATABASE_MAX_MS);
    afterAll(async () => {
      await cloud.app.close();
      await log.close();
    });
    const newTerminal = async (): Promise<{ terminal: TestTerminal; chain: TestChain }> => {
      const terminal = await cloud.enrolled(`till-${++terminals}`);
      return { terminal, chain: await terminal.chain() };
    };
    const nextPos = async (): Promise<number> =>
      (await log.db.query<{ next_pos: number }>(sql`SELECT next_pos FROM shard`))[0]?.next_pos ?? 0;

    test("keeps the exact bytes at dense positions, whatever the page", async () => {
      const { terminal, chain } = await newTerminal();
      const start = (await nextPos()) - 1;
      chain.grow(3).addLine(Buffer.from('{"seq":4,"odd":"\\u0000 é € 😀"}'));
      chain.grow(3);
      expect((await cloud.push(terminal, chain.batch(1, 5))).body.outcome).toBe("stored");
      expect((await cloud.push(terminal, chain.batch(6, 7))).body.outcome).toBe("stored");
      for (const limit of [1, 2, 4, 5, 6, 7, 100]) {
        const entries = await readAll(log.db, start, limit);
        expect(entries.map((entry) => entry.pos)).toEqual([1, 2, 3, 4, 5, 6, 7].map((n) => start + n));
        expect(entries.map((entry) => entry.seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
        expect(entries.map((entry) => Buffer.from(entry.line).toString())).toEqual(chain.lines.map((line) => Buffer.from(line).toString()));
        expect(new Set(entries.map((entry) => entry.terminal))).toEqual(new Set([terminal.name]));
      }
    });

    test("a repeated batch, or a part of what is there, is a duplicate and moves nothing", async () => {
      const { terminal, chain } = await newTerminal();
      chain.grow(10);
      await cloud.push(terminal, chain.batch(1, 10));
      const before = await nextPos();
      for (const [first, last] of [
        [1, 10],
        [3, 5],
        [1, 1],
        [10, 10],
        [2, 9],
      ] as const) {
        const { body } = await cloud.push(terminal, chain.batch(first, last));
        expect(body).toMatchObject({ outcome: "duplicate", head: { seq: 10, hash: toHex(chain.hashAt(10)) } });
      }
      expect(await nextPos()).toBe(before);
    });

    test("of a batch that overlaps only the new entries are stored", async () => {
      const { terminal, chain } = await newTerminal();
      chain.grow(15);
      const start = (await nextPos()) - 1;
      await cloud.push(terminal, chain.batch(1, 10));
      expect((await cloud.push(terminal, chain.batch(6, 15))).body).toMatchObject({ outcome: "stored", head: { seq: 15 } });
      const entries = await readAll(log.db, start, 100);
      expect(entries.map((entry) => entry.seq)).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
      expect(entries.map((entry) => Buffer.from(entry.line))).toEqual(chain.lines.map((line) => Buffer.from(line)));
      for (const seq of [1, 9, 10, 11, 14, 15])
        expect(toHex(await hashAt(log.db, hashPair, { terminal: terminal.name, epoch: chain.epoch }, seq))).toBe(toHex(chain.hashAt(seq)));
    });

    test("other entries at the same numbers are a fork: kept apart, told, nothing stored", async () => {
      const { terminal, chain } = await newTerminal();
      chain.grow(5);
      await cloud.push(terminal, chain.batch(1, 5));
      const before = await nextPos();
      const other = await otherHistory(terminal, chain, 3);
      for (const [first, last] of [
        [1, 4],
        [4, 5],
        [4, 8],
        [6, 8],
      ] as const)
        expect((await cloud.push(terminal, other.batch(first, last))).body).toMatchObject({
          outcome: "fork",
          head: { seq: 5 },
          maxEpoch: 1,
        });
      expect(await nextPos()).toBe(before);
      const forks = await log.db.query<{ seq: number; held: string; offered: string; times: number }>(sql`
        SELECT seq, encode(held_hash, 'hex') AS held, encode(offered_hash, 'hex') AS offered, times FROM fork
        WHERE terminal_id = ${terminal.name} ORDER BY seq`);
      expect(forks).toEqual([
        { seq: 4, held: toHex(chain.hashAt(4)), offered: toHex(other.hashAt(4)), times: 1 },
        { seq: 5, held: toHex(chain.hashAt(5)), offered: toHex(other.hashAt(5)), times: 3 },
      ]);
      chain.grow(1);
      expect((await cloud.push(terminal, chain.batch(6, 6))).body.outcome).toBe("stored");
    });

    test("a transaction that does not commit leaves nothing, its positions included", async () => {
      const { terminal, chain } = await newTerminal();
      chain.grow(4);
      await cloud.push(terminal, chain.batch(1, 2));
      const before = await nextPos();
      const crash = log.db.transaction(async (tx) => {
        await appendSegment(tx, segmentOf(terminal, chain, 3, 4));
        throw new Error("killed here");
      });
      await expect(crash).rejects.toThrow("killed here");
      expect(await nextPos()).toBe(before);
      expect((await cloud.push(terminal, chain.batch(3, 4))).body).toMatchObject({ outcome: "stored", head: { seq: 4 } });
      expect(await nextPos()).toBe(before + 2);
    });

    test("a segment that does not follow the journal's head is refused as a bug", async () => {
      const { terminal, chain } = await newTerminal();
      chain.grow(6);
      await cloud.push(terminal, chain.batch(1, 2));
      const before = await nextPos();
      await expect(log.db.transaction((tx) => appendSegment(tx, segmentOf(terminal, chain, 4, 6)))).rejects.toThrow("assertion failed");
      expect(await nextPos()).toBe(before);
    });

    test("two terminals at once: positions stay dense and a live reader skips nothing", async () => {
      const [a, b] = [await newTerminal(), await newTerminal()];
      const start = (await nextPos()) - 1;
      const total = 2 * 120;
      const writing = { on: true };
      const seen: LogEntry[] = [];
      const reader = (async () => {
        for (let after = start; writing.on || seen.length < total;) {
          const page = await readFrom(log.db, { shard: "main", after, limit: 1 + (seen.length % 7) });
          seen.push(...page);
          after = page.at(-1)?.pos ?? after;
          await setImmediate();
        }
      })();
      await Promise.all([a, b].map(({ terminal, chain }) => pushAll(cloud, terminal, chain.grow(120))));
      writing.on = false;
      await reader;
      expect(seen.map((entry) => entry.pos)).toEqual(Array.from({ length: total }, (_, i) => start + 1 + i));
      for (const { terminal, chain } of [a, b]) {
        const own = seen.filter((entry) => entry.terminal === terminal.name);
        expect(own.map((entry) => entry.seq)).toEqual(Array.from({ length: 120 }, (_, i) => i + 1));
        expect(own.map((entry) => Buffer.from(entry.line))).toEqual(chain.lines.map((line) => Buffer.from(line)));
      }
    });

    test("batches of one journal sent twenty at once are all stored once, in order", async () => {
      const { terminal, chain } = await newTerminal();
      chain.grow(40);
      const before = await nextPos();
      const outcomes: unknown[] = [];
      let batches = Array.from({ length: 20 }, (_, i) => i % 4);
      // Only so many may wait for their predecessor: the others hear of a gap and are sent again, as a terminal does.
      for (let round = 0; round < 4 && batches.length > 0; round += 1) {
        const answers = await Promise.all(batches.map((i) => cloud.push(terminal, chain.batch(1 + i * 10, 10 + i * 10))));
        batches = batches.filter((_, at) => answers[at]?.body.outcome === "gap");
        outcomes.push(...answers.map(({ body }) => body.outcome).filter((outcome) => outcome !== "gap"));
      }
      expect(outcomes.filter((outcome) => outcome === "stored")).toHaveLength(4);
      expect(outcomes.filter((outcome) => outcome === "duplicate")).toHaveLength(16);
      expect(await nextPos()).toBe(before + 40);
    });

    test("a position is never seen before the ones below it", async ({ skip }) => {
      if (!log.concurrent) skip("one connection cannot race with itself");
      const found = await race(await open(), appendSegment);
      expect(found).toEqual({ during: 0, after: 3 });
    });

    test("negative control: positions taken without the lock are found out", async ({ skip }) => {
      if (!log.concurrent) skip("one connection cannot race with itself");
      const broken = await open();
      await broken.db.script("CREATE SEQUENCE broken_pos");
      const found = await race(broken, appendWithoutLock);
      expect(found.during).toBe("hole");
    });

    test("verify finds nothing wrong with all this", async () => {
      const found = await verifyLog(log.db);
      expect(found).toMatchObject({ ok: true, problems: [], entries: (await nextPos()) - 1 });
    });
  });
}

async function readAll(db: Database, start: number, limit: number): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for (;;) {
    const page = await readFrom(db, { shard: "main", after: entries.at(-1)?.pos ?? start, limit });
    expect(page.length).toBeLessThanOrEqual(limit);
    if (page.length === 0) return entries;
    entries.push(...page);
  }
}

async function pushAll(cloud: TestCloud, terminal: TestTerminal, chain: TestChain): Promise<void> {
  for (let first = 1; first <= chain.seq;) {
    const last = Math.min(chain.seq, first + randomInt(9));
    const { body } = await cloud.push(terminal, chain.batch(first, last));
    expect(body.outcome).toBe("stored");
    first = last + 1;
  }
}

/** A disk that was restored as of entry `common` and sold on. */
async function otherHistory(terminal: TestTerminal, chain: TestChain, common: number): Promise<TestChain> {
  terminal.chains.delete(chain.epoch);
  const other = await terminal.chain(chain.epoch);
  for (const line of chain.lines.slice(0, common)) other.addLine(line);
  return other.grow(5, (seq) => ({ other: seq }));
}

function segmentOf(terminal: TestTerminal, chain: TestChain, first: number, last: number): NewSegment {
  const body = chain.batch(first, last);
  return {
    shard: "main",
    terminal: terminal.name,
    epoch: chain.epoch,
    firstSeq: first,
    entries: last - first + 1,
    previousHash: chain.hashAt(first - 1),
    lastHash: chain.hashAt(last),
    headSignature: Buffer.from(chain.signHead(last).signature, "base64url"),
    encoding: "plain",
    plainBytes: body.length,
    skipLines: 1,
    body,
    receivedAtMs: 1,
  };
}

async function race(log: OpenedLog, append: typeof appendSegment): Promise<{ during: number | "hole"; after: number | "hole" }> {
  const cloud = await openTestCloud(log.db);
  try {
    const terminals = [await cloud.enrolled("slow"), await cloud.enrolled("quick")] as const;
    const chains = [(await terminals[0].chain()).grow(2), (await terminals[1].chain()).grow(1)] as const;
    for (const [i, terminal] of terminals.entries())
      await log.db.query(sql`
        INSERT INTO journal (terminal_id, epoch, seq, hash, updated_at_ms) VALUES (${terminal.name}, 1, 0, ${chains[i]?.hashAt(0) ?? null}::bytea, 0)`);
    return await overtakePosition(log.db, append, [segmentOf(terminals[0], chains[0], 1, 2), segmentOf(terminals[1], chains[1], 1, 1)]);
  } finally {
    await cloud.app.close();
    await log.close();
  }
}

/** What a plain counter does: numbers are taken at the insert and seen at the commit. */
const appendWithoutLock: typeof appendSegment = async (tx, segment) => {
  const rows = await tx.query<{ pos: number }>(sql`
    SELECT min(n) AS pos FROM (SELECT nextval('broken_pos') AS n FROM generate_series(1, ${segment.entries}::int)) AS taken`);
  const firstPos = rows[0]?.pos ?? 0;
  await tx.query(sql`
    INSERT INTO segment (shard, first_pos, entries, terminal_id, epoch, first_seq, previous_hash, last_hash, head_signature,
      received_at_ms, encoding, plain_bytes, skip_lines, body)
    VALUES (${segment.shard}, ${firstPos}::bigint, ${segment.entries}, ${segment.terminal}, ${segment.epoch}, ${segment.firstSeq}::bigint,
      ${segment.previousHash}, ${segment.lastHash}, ${segment.headSignature}, 1, 'plain', ${segment.plainBytes}, 1, ${segment.body})`);
  return { firstPos };
};
