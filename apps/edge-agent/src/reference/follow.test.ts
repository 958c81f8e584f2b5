import { ALL, storeId, type Scope } from "@tillsync/sync-protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Served } from "../replicator/testing/serve-cloud.ts";
import { findDocument } from "./store/find-documents.ts";
import { checkpointOf } from "./store/positions.ts";
import { fillCloud, priceOf, STORE_SCOPE } from "./testing/documents.ts";
import { ModelReferenceCloud, refuse } from "./testing/model-reference-cloud.ts";
import { ReferenceTill, SCOPES, STORE, TERMINAL } from "./testing/reference-till.ts";
import { openReferenceStore, replaceDamaged } from "./store/open-reference-store.ts";

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

const agree = (): boolean => till.isAtEnd() && till.digest() === cloud.digest();
const live = (): boolean => cloud.streams.size > 0 && till.downlink?.status().state === "live";

async function loadAll(items = 60): Promise<void> {
  fillCloud(cloud, items);
  cloud.takeSnapshots();
  till.start();
  await till.until(() => agree() && live(), "loaded and live");
}

describe("the live stream", () => {
  it("applies what follows, pulls what lies between, and does as it is told to pull everything", async () => {
    await loadAll();
    const pulls = (): number => cloud.requests.filter((path) => path.endsWith("/prices/pull")).length;
    const before = pulls();
    cloud.put("prices", ALL, "p1", priceOf(1, 1));
    await till.until(agree, "applied");
    expect(pulls()).toBe(before);
    // A document that no event told of: the next event shows the gap.
    const streams = [...cloud.streams];
    cloud.streams.clear();
    cloud.put("prices", ALL, "p2", priceOf(2, 2));
    for (const stream of streams) cloud.streams.add(stream);
    cloud.put("prices", ALL, "p3", priceOf(3, 3));
    await till.until(agree, "gap");
    expect(pulls()).toBeGreaterThan(before);
    cloud.streams.clear();
    cloud.put("members", ALL, "m9", { state: "active" });
    for (const stream of streams) cloud.streams.add(stream);
    cloud.tell({ kind: "resync" });
    await till.until(agree, "resync");
    cloud.streams.clear();
    cloud.put("members", ALL, "m10", { state: "active" });
    for (const stream of streams) stream.write('data: {"kind":"from the future"}\n\n');
    await till.until(agree, "an event that nobody understands");
  });

  it("that breaks is opened again, and what was missed comes", async () => {
    await loadAll();
    for (const stream of cloud.streams) stream.destroy();
    cloud.put("prices", ALL, "p1", priceOf(1, 9));
    await till.until(() => agree() && live(), "again");
  });

  it("tells by its signs of life that nothing changed", async () => {
    await loadAll();
    const asOf = (): number => Math.min(...till.downlink!.status().collections.map((one) => one.asOf ?? 0));
    const before = asOf();
    await till.until(() => Date.now() > before + 5, "time passes");
    cloud.beat();
    await till.until(() => asOf() > before, "fresh");
  });

  it("is no stream of ours when it is a page or never ends its line", async () => {
    fillCloud(cloud, 5);
    cloud.broken.set("/v1/reference/stream", (response) => {
      response.writeHead(200, { "tillsync-wire": "1", "content-type": "text/html" }).end("<html>");
    });
    till.start();
    await till.until(() => till.downlink!.status().lastError?.code === "wire.not-cloud", "told");
    await till.until(agree, "pulled all the same");
    cloud.broken.set("/v1/reference/stream", (response) => {
      response.writeHead(200, { "tillsync-wire": "1", "content-type": "text/event-stream" });
      response.write(`data: ${"x".repeat(1024 * 1024 + 10)}`);
    });
    await till.until(() => till.downlink!.status().lastError?.code === "wire.too-large", "endless line");
  });
});

describe("pulls", () => {
  it("of one collection that fail do not keep the others waiting", async () => {
    fillCloud(cloud, 40);
    cloud.broken.set("/v1/reference/prices/", (response) => refuse(response, 500, "internal.unexpected"));
    till.start();
    const count = (name: string): number | undefined => till.downlink!.status().collections.find((one) => one.name === name)?.documents;
    await till.until(() => count("products") === 40 && count("members") === 1, "the others");
    expect(count("prices")).toBe(0);
    expect(till.downlink!.status().lastError?.code).toBe("internal.unexpected");
    cloud.broken.clear();
    till.ports.monotonicMs = () => performance.now() + 3_600_000;
    cloud.put("prices", ALL, "p1", priceOf(1, 1));
    await till.until(agree, "healed");
  });

  it("that name a scope of somebody else are not taken", async () => {
    fillCloud(cloud, 5);
    cloud.scopes.push("store:S9" as Scope);
    cloud.put("prices", "store:S9" as Scope, "foreign", priceOf(1, 1));
    till.start();
    await till.until(() => till.downlink!.status().lastError?.code === "wire.malformed", "refused");
    expect(findDocument(till.store, "prices", "foreign")).toBeUndefined();
  });
});

describe("a cloud that was restored from an older backup", () => {
  it("is followed back: later documents go, older versions count again", async () => {
    await loadAll();
    for (let i = 0; i < 5; i += 1) cloud.put("prices", ALL, "p1", priceOf(1, 500 + i));
    cloud.put("prices", ALL, "late", priceOf(9, 9));
    await till.until(agree, "before");
    await till.stop();
    const older = new ModelReferenceCloud(SCOPES);
    fillCloud(older, 60);
    older.put("prices", ALL, "p2", priceOf(2, 2_222));
    const second = await older.serve();
    till.enrol(second.url);
    till.start();
    await till.until(() => till.isAtEnd() && till.digest() === older.digest(), "followed back");
    expect(findDocument(till.store, "prices", "late")).toBeUndefined();
    await till.stop();
    await second.close();
  });
});

describe("a terminal that moves to another store", () => {
  it("loads what is new there and nothing that it has", async () => {
    await loadAll();
    await till.stop();
    const there = "store:S2" as Scope;
    cloud.put("prices", there, "there", priceOf(1, 77));
    cloud.scopes.splice(0, 3, ALL, there, SCOPES[2]!);
    till.enrol(served.url, { store: storeId("S2") });
    cloud.requests.length = 0;
    const chunks = (): number => cloud.requests.filter((path) => path.includes("/chunks/")).length;
    till.start();
    await till.until(agree, "moved");
    expect(chunks()).toBe(0);
    expect(findDocument(till.store, "prices", "s0")).toBeUndefined();
    expect(Object.keys(checkpointOf(till.store.file, "prices"))).not.toContain(STORE_SCOPE);
    expect([STORE, TERMINAL]).toEqual(["S1", "till-1"]);
  });
});

describe("a damaged file", () => {
  it("is loaded again while the agent runs", async () => {
    await loadAll();
    replaceDamaged(till.store);
    await till.until(agree, "again");
    expect(till.logged.some(({ message }) => message.includes("damaged"))).toBe(true);
    const beside = openReferenceStore(till.dir, { now: () => 0, mode: "read" });
    beside.close();
  });
});
