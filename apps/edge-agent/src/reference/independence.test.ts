import { setTimeout as sleep } from "node:timers/promises";
import { ALL } from "@tillsync/sync-protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startAgent, type Agent } from "../core/lifecycle.ts";
import { appendMany } from "../journal/append-many.ts";
import { saleItem } from "../journal/testing/sales.ts";
import { systemPorts } from "../replicator/ports.ts";
import { ModelCloud } from "../replicator/testing/model-cloud.ts";
import { serve, writeAnswer, type Served } from "../replicator/testing/serve-cloud.ts";
import { openAgentStore } from "../store/open-store.ts";
import { openReferenceToRead } from "./status-at-rest.ts";
import { readPrice } from "./read/read-price.ts";
import { priceOf } from "./testing/documents.ts";
import { ModelReferenceCloud } from "./testing/model-reference-cloud.ts";
import { ReferenceTill, SCOPES } from "./testing/reference-till.ts";

/* One agent, one cloud; one of the two ways is broken, and the other one must not notice. */

const SALES = 600;
let up: ModelCloud;
let down: ModelReferenceCloud;
let served: Served;
let till: ReferenceTill;
let agent: Agent;
let uploads: "taken" | "refused" | "hanging" = "taken";

beforeEach(async () => {
  uploads = "taken";
  up = new ModelCloud(() => Date.now());
  down = new ModelReferenceCloud(SCOPES);
  served = await serve((request, response) => {
    if (request.url?.startsWith("/v1/reference") === true) return void down.answer(request, response).catch(() => response.destroy());
    void (async () => {
      const pieces: Uint8Array[] = [];
      for await (const piece of request) pieces.push(piece as Uint8Array);
      if (uploads === "hanging") return;
      if (uploads === "refused")
        return void response
          .writeHead(503, { "tillsync-wire": "1", "content-type": "application/json", "retry-after": "600" })
          .end(JSON.stringify({ error: { code: "wire.busy", message: "busy" } }));
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      writeAnswer(response, await up.handle({ path: request.url ?? "", headers, body: Buffer.concat(pieces) }));
    })().catch(() => response.destroy());
  });
  till = new ReferenceTill();
  up.identityKey = till.keys.identity.publicJwk;
  up.journalKey = till.keys.journal.publicJwk;
  till.enrol(served.url, { terminal: up.terminal, store: up.store, audience: up.audience, firstEpoch: up.firstEpoch });
  down.scopes.splice(0, 3, ALL, `store:${up.store}` as typeof ALL, `terminal:${up.terminal}` as typeof ALL);
  till.store.close();
  const journal = openAgentStore(till.dir, { now: () => Date.now(), journalKey: till.keys.journal.thumbprint });
  for (let i = 0; i < SALES; i += 100)
    appendMany(
      journal,
      Array.from({ length: 100 }, (_, j) => saleItem({ sequence: i + j })),
    );
  journal.close();
});
afterEach(async () => {
  await agent.stop();
  till.store = till.open();
  await till.close();
  await served.close();
});

const start = async (): Promise<void> => {
  const log = { info() {}, warn() {}, error() {} };
  agent = await startAgent(till.dir, { ports: { ...systemPorts(), env: {} }, log, onStopWish() {} });
};
async function until(done: () => boolean, what: string, withinMs = 15_000): Promise<void> {
  const begun = performance.now();
  for (; !done(); await sleep(5)) if (performance.now() - begun > withinMs) throw new Error(`${what}: ${JSON.stringify(agent.status())}`);
}
const loaded = (): boolean => agent.status().reference.collections.every((collection) => collection.loaded);
function price(): string | undefined {
  const store = openReferenceToRead(till.dir, () => 0);
  try {
    return readPrice(store, { itemId: "i1", at: "2026-11-22T10:00" })?.price?.amount;
  } finally {
    store.close();
  }
}

describe("the way down", () => {
  it.each(["refused", "hanging"] as const)("brings new prices while uploads are %s", async (how) => {
    uploads = how;
    down.put("prices", ALL, "p1", priceOf(1, 100));
    await start();
    await until(() => loaded() && down.streams.size > 0, "loaded");
    down.put("prices", ALL, "p1", priceOf(1, 200));
    await until(() => price() === "200", "new price");
    const status = agent.status();
    expect(status.upstreams[0]).toMatchObject({ pending: SALES, ackedSeq: 0 });
    expect(status.reference).toMatchObject({ state: "live", lastError: null });
  });

  it("that is broken in every part delays no sale, and says so in a status of its own", async () => {
    down.put("prices", ALL, "p1", priceOf(1, 100));
    down.takeSnapshots();
    // Chunks hang, pulls are refused, the stream ends at once.
    down.broken.set("/v1/reference/chunks/", () => undefined);
    down.broken.set("/v1/reference/stream", (response) => response.destroy());
    down.broken.set("/v1/reference/", (response) => response.writeHead(500, { "tillsync-wire": "1" }).end());
    await start();
    await until(() => agent.status().upstreams[0]?.pending === 0, "drained");
    expect(up.allLines()).toHaveLength(SALES);
    await until(() => agent.status().reference.lastError !== null, "told");
    expect(agent.status().upstreams[0]).toMatchObject({ state: "online", lastError: null });
    expect(["offline", "blocked"]).toContain(agent.status().reference.state);
  });
});
