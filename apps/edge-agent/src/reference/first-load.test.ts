import { createHash } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { ALL } from "@tillsync/sync-protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Served } from "../replicator/testing/serve-cloud.ts";
import { readPrice } from "./read/read-price.ts";
import { fillCloud, priceOf, STORE_SCOPE } from "./testing/documents.ts";
import { ModelReferenceCloud, refuse } from "./testing/model-reference-cloud.ts";
import { ReferenceTill, SCOPES } from "./testing/reference-till.ts";

let cloud: ModelReferenceCloud;
let served: Served;
let till: ReferenceTill;

beforeEach(async () => {
  cloud = new ModelReferenceCloud(SCOPES);
  served = await cloud.serve();
  till = new ReferenceTill();
  till.enrol(served.url);
});
afterEach(async () => {
  await till.close();
  await served.close();
});

const AT = "2026-11-22T10:00";
const agree = (): boolean => till.isLoaded() && till.digest() === cloud.digest();

describe("the first load", () => {
  it("brings snapshots, then what changed since, in the order of the collections", async () => {
    fillCloud(cloud, 1_200);
    cloud.takeSnapshots();
    cloud.put("prices", ALL, "p7", priceOf(7, 777));
    cloud.put("products", ALL, "i8", undefined);
    till.start();
    await till.until(agree, "loaded");
    expect(readPrice(till.store, { itemId: "i7", at: AT })?.price?.amount).toBe("777");
    const chunks = cloud.requests.filter((path) => path.includes("/chunks/"));
    expect(chunks).toHaveLength(cloud.chunks.size);
    await till.until(() => !existsSync(join(till.dir, "reference-chunks")), "the chunks' folder is gone");
    const status = till.downlink!.status();
    expect(status.collections.map(({ name }) => name).slice(3, 5)).toEqual(["prices", "products"]);
    expect(status.collections.find(({ name }) => name === "products")).toMatchObject({ documents: 1_199, loaded: true });
    expect(status.collections.every(({ asOf }) => asOf !== null)).toBe(true);
    expect(status.lastChangeAtMs).not.toBeNull();
  });

  it("pulls everything where the cloud has no snapshots, also when asking for them fails", async () => {
    fillCloud(cloud, 700);
    cloud.broken.set("/v1/reference/snapshots", (response) => refuse(response, 503, "wire.busy"));
    till.start();
    await till.until(agree, "pulled");
    expect(till.downlink!.status().lastError?.code).toBe("wire.busy");
  });

  it("loads nothing twice after a restart", async () => {
    fillCloud(cloud, 300);
    cloud.takeSnapshots();
    till.start();
    await till.until(agree);
    cloud.requests.length = 0;
    await till.restart();
    cloud.put("prices", ALL, "p1", priceOf(1, 5));
    await till.until(agree);
    expect(cloud.requests.filter((path) => path.includes("chunks") || path.includes("snapshots"))).toEqual([]);
  });

  it("applies a price at once that changes while the long tail is on its way", async () => {
    fillCloud(cloud, 900);
    cloud.takeSnapshots();
    const held: (() => void)[] = [];
    let hold = true;
    // Products stand still on the line; prices are through.
    cloud.broken.set("/v1/reference/chunks/", (response) => {
      held.push(() => response.destroy());
    });
    till.start();
    await till.until(() => held.length > 0 && cloud.streams.size > 0, "chunks held");
    cloud.put("prices", ALL, "p3", priceOf(3, 333));
    await till.until(() => readPrice(till.store, { itemId: "i3", at: AT })?.price?.amount === "333", "price during the load");
    expect(till.isLoaded()).toBe(false);
    hold = false;
    cloud.broken.clear();
    for (const release of held) release();
    await till.until(agree, `released ${String(hold)}`);
  });

  it("is not spoilt by a proxy that alters bytes, nor by a chunk that is not what its list says", async () => {
    fillCloud(cloud, 600);
    cloud.takeSnapshots();
    const [first] = cloud.chunks.keys();
    const good = cloud.chunks.get(first!)!;
    const bad = Buffer.from(good);
    bad[bad.length - 1]! ^= 1;
    cloud.chunks.set(first!, bad);
    till.start();
    await till.until(() => till.downlink!.status().lastError?.code === "reference.chunk-damaged", "damage noticed");
    // The others came all the same.
    await till.until(
      () => till.downlink!.status().collections.some(({ name, documents }) => name === "products" && documents === 600),
      "rest",
    );
    expect(cloud.requests.filter((path) => path.endsWith(first!)).length).toBeGreaterThanOrEqual(3);
    cloud.chunks.set(first!, good);
    await till.until(agree, "healed");
  });

  it("goes on with another snapshot when the cloud no longer has the chunks, and misses no deletion", async () => {
    cloud.chunkDocuments = 50;
    fillCloud(cloud, 300);
    cloud.takeSnapshots();
    cloud.onBytes = (_sent, path) => !path.includes("/chunks/") || cloud.requests.filter((one) => one.includes("/chunks/")).length < 6;
    till.start();
    await till.until(() => cloud.requests.filter((one) => one.includes("/chunks/")).length > 8, "some chunks");
    await till.stop();
    for (let item = 0; item < 300; item += 2) cloud.put("prices", ALL, `p${item}`, undefined);
    cloud.dropSnapshots();
    cloud.chunkDocuments = 70;
    cloud.takeSnapshots();
    cloud.onBytes = () => true;
    till.start();
    await till.until(agree, "other snapshot");
  });

  it("leaves room on the disk for sales", async () => {
    fillCloud(cloud, 50);
    cloud.takeSnapshots();
    till.freeBytes = () => 1_000_000;
    till.start();
    await till.until(() => till.downlink!.status().lastError?.code === "store.disk-full", "told");
    expect(till.downlink!.status().state).not.toBe("live");
    till.freeBytes = () => 2 ** 40;
    await till.until(agree, "room again");
  });
});

const KILLS = 40;

describe("a first load that is cut off at random bytes", () => {
  it(`${KILLS} times goes on where it was and ends identical`, async () => {
    cloud.chunkDocuments = 250;
    fillCloud(cloud, 1_500);
    cloud.takeSnapshots();
    const all = [...cloud.chunks.values()].reduce((sum, bytes) => sum + bytes.length, 0);
    let seed = 20_261_122;
    const chance = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
    const found = { partial: 0, whole: 0 };
    for (let kills = 0; kills < KILLS; kills += 1) {
      const at = cloud.bytesSent + 200 + Math.floor(chance() * (all / 8));
      const cut = new Promise<"cut">((resolve) => {
        cloud.onBytes = (sent) => {
          if (sent >= at) resolve("cut");
          return sent < at;
        };
      });
      till.start();
      await Promise.race([cut, till.until(till.isLoaded, "loaded before the cut")]);
      await till.stop();
      found.partial += countPartial(till.dir);
      if (kills % 8 === 3) cloud.put("prices", kills % 16 === 3 ? ALL : STORE_SCOPE, `k${kills}`, priceOf(kills, kills + 1));
      cloud.onBytes = () => true;
      if (till.isAtEnd()) await checkAndBeginAnew(found);
      // A process that died has not closed its file either.
      else till.reopen();
    }
    await checkAndBeginAnew(found);
    expect(found.whole).toBeGreaterThan(0);
    expect(found.partial).toBeGreaterThan(KILLS / 4);
  });

  async function checkAndBeginAnew(found: { whole: number }): Promise<void> {
    till.start();
    await till.until(agree, "identical");
    found.whole += 1;
    await till.close();
    till = new ReferenceTill();
    till.enrol(served.url);
  }

  it("is a check that notices: with a lost document it does not agree", async () => {
    fillCloud(cloud, 30);
    cloud.takeSnapshots();
    till.start();
    await till.until(agree);
    await till.stop();
    till.store.file.db.exec("DELETE FROM ref_prices WHERE id = 'p4'");
    expect(till.digest()).not.toBe(cloud.digest());
    expect(createHash("sha256").update("").digest("hex")).not.toBe(till.digest());
  });
});

/** Chunks that were cut: shorter than they will be. */
function countPartial(dir: string): number {
  const folder = join(dir, "reference-chunks");
  if (!existsSync(folder)) return 0;
  return readdirSync(folder).filter((name) => statSync(join(folder, name)).size < (cloud.chunks.get(name)?.length ?? 0)).length;
}
