import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openPostgres } from "../../db/postgres.ts";
import type { Database } from "../../db/database.ts";
import { openExternalDatabase, TEST_PG_URL, type ExternalDatabase } from "../../db/testing/open-external-database.ts";
import { buildSnapshots } from "../snapshots/build-snapshot.ts";
import { aPrice, openReferenceCloud, type ReferenceCloud } from "./testing/open-reference-cloud.ts";

const NEVER = { beatMs: 3_600_000, pollMs: 3_600_000, checkMs: 3_600_000 };

describe.skipIf(TEST_PG_URL === undefined)("two clouds on one database (skipped: no TEST_PG_URL)", () => {
  let external: ExternalDatabase;
  let other: Database;
  let here: ReferenceCloud;
  let there: ReferenceCloud;
  beforeAll(async () => {
    external = await openExternalDatabase();
    other = await openPostgres({ url: external.url }, pino({ level: "silent" }));
    here = await openReferenceCloud(external.db, { streams: { times: NEVER } });
    there = await openReferenceCloud(other, { streams: { times: NEVER } });
  });
  afterAll(async () => {
    await here.close();
    await there.close();
    await other.close();
    await external.drop();
  });

  test("a change in the one is on the streams of the other, without a poll", async () => {
    const till = await here.cloud.enrolled("till-1", "S1");
    const stop = new AbortController();
    const answer = await fetch(`${there.url}/v1/reference/stream?collections=prices`, {
      headers: { authorization: await there.proofOf(till) },
      signal: stop.signal,
    });
    let text = "";
    const reading = (async () => {
      for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) text += chunk;
    })().catch(() => undefined);
    // The other's listening connection may still be on its way: its first word comes when it stands.
    for (let amount = 1; !text.includes("documents"); amount += 1) {
      await here.write(["prices", "all", "p1", aPrice(String(amount))]);
      await vi.waitFor(() => expect(text).toContain("documents"), { timeout: 500, interval: 5 }).catch(() => undefined);
    }
    const before = text.length;
    await here.write(["prices", "all", "p1", aPrice("777")]);
    await vi.waitFor(() => expect(text.slice(before)).toContain(`"amount":"777"`), { timeout: 5_000, interval: 5 });
    stop.abort();
    await reading;
  });

  test("of both that build the same snapshot one does, and both serve it", async () => {
    await here.write(...Array.from({ length: 3_000 }, (_, i) => ["products", "all", `i${i}`, { description: "x" }] as const));
    const wanted = [{ collection: "products", scope: "all" }] as unknown as Parameters<typeof buildSnapshots>[2];
    const hold = Promise.withResolvers<void>();
    let held = 0;
    const first = buildSnapshots(
      external.db,
      { nowMs: () => 1, makeWay: () => ((held += 1), held === 2 ? hold.promise : Promise.resolve()) },
      wanted,
    );
    await vi.waitFor(() => expect(held).toBe(2));
    expect(await buildSnapshots(other, { nowMs: () => 1 }, wanted)).toEqual([]);
    hold.resolve();
    expect(await first).toHaveLength(1);
    const till = await there.cloud.enrolled("till-2", "S1");
    for (const cloud of [here, there]) {
      const answer = await cloud.get("/v1/reference/snapshots", await cloud.proofOf(till));
      expect(await answer.json()).toMatchObject({ snapshots: [{ collection: "products", position: 3_000, documents: 3_000 }] });
    }
  });
});
