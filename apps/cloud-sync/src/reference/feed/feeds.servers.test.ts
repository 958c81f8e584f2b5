import { setImmediate } from "node:timers/promises";
import { documentSchemas } from "@tillsync/sync-protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sql } from "../../db/sql.ts";
import { openExternalDatabase, TEST_PG_URL, type ExternalDatabase } from "../../db/testing/open-external-database.ts";
import { scope } from "../testing/changes.ts";
import type { Feed } from "./feed.ts";
import { readNdjson } from "./read-ndjson.ts";
import { takeFeed } from "./take-feed.ts";

const products: Feed = { collection: "products", scope: scope("all"), store: undefined, move: false, replace: undefined, dryRun: false };

/** Pieces of some 64 KB, made as they are asked for. */
async function* ndjson(count: number, row: (n: number) => object): AsyncGenerator<Uint8Array> {
  let piece = "";
  for (let n = 0; n < count; n += 1) {
    piece += `${JSON.stringify(row(n))}\n`;
    if (piece.length < 65_536) continue;
    yield Buffer.from(piece);
    piece = "";
    await setImmediate();
  }
  yield Buffer.from(piece);
}

describe.skipIf(TEST_PG_URL === undefined)("feeds on a real server (needs one at TEST_PG_URL)", () => {
  let external: ExternalDatabase;
  beforeAll(async () => {
    external = await openExternalDatabase();
  });
  afterAll(() => external.drop());
  const deps = () => ({ db: external.db, now: () => 1 });

  test("a million rows of one product are read in bounded memory and time, and change it once", async () => {
    const start = performance.now();
    const cpu = process.cpuUsage();
    let rssMax = process.memoryUsage().rss;
    const rssBefore = rssMax;
    async function* watched() {
      for await (const piece of ndjson(1_000_000, (n) => ({ id: "one", description: `Name ${n}`, attributes: { n: String(n) } }))) {
        rssMax = Math.max(rssMax, process.memoryUsage().rss);
        yield piece;
      }
    }
    const report = await takeFeed(deps(), products, readNdjson(watched()));
    const seconds = (performance.now() - start) / 1000;
    const used = process.cpuUsage(cpu);
    console.log(
      `1,000,000 rows of one product: ${seconds.toFixed(1)} s (CPU ${((used.user + used.system) / 1e6).toFixed(1)} s), ${Math.round((rssMax - rssBefore) / 1e6)} MB more at the most`,
    );
    expect(report).toMatchObject({ accepted: 1, unchanged: 0, refused: 999_999, refusedMore: 999_899 });
    expect(rssMax - rssBefore).toBeLessThan(400e6);
  });

  test("100,000 products are checked and written; sent again as they are, they are found unchanged", async () => {
    const feed = () =>
      readNdjson(
        ndjson(100_000, (n) => ({
          id: `p-${n}`,
          description: `Article ${n}`,
          gtins: [String(n).padStart(14, "0")],
          variantOf: n % 4 === 3 ? `p-${n - 1}` : undefined,
        })),
      );
    const times: number[] = [];
    for (const expected of [{ accepted: 100_000 }, { accepted: 0, unchanged: 100_000 }]) {
      const start = performance.now();
      expect(await takeFeed(deps(), products, feed())).toMatchObject({ ...expected, refused: 0 });
      times.push((performance.now() - start) / 1000);
    }
    console.log(`100,000 products: ${times.map((time) => `${time.toFixed(1)} s`).join(", unchanged ")}`);
    expect(Math.max(...times)).toBeLessThan(60);
  });

  test("two feeds at once cannot close a circle between them", async () => {
    const one = (id: string, variantOf: string) =>
      takeFeed(deps(), products, readNdjson(ndjson(1, () => ({ id, description: id, variantOf }))));
    for (let round = 0; round < 40; round += 1) {
      const [a, b] = [`a${round}`, `b${round}`];
      const reports = await Promise.all([one(a, b), one(b, a)]);
      expect(reports.reduce((sum, report) => sum + report.refused, 0)).toBe(1);
    }
    const rows = await external.db.query<{ body: unknown }>(sql`SELECT body FROM reference_document WHERE id ~ '^[ab][0-9]+$'`);
    const links = new Map(rows.map((row) => documentSchemas.products.parse(row.body)).map((product) => [product.id, product.variantOf]));
    for (const [id, target] of links) expect(links.get(target ?? ""), id).not.toBe(id);
  });
});
