import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { epoch } from "@tillsync/sync-protocol";
import { appendMany } from "../journal/append-many.ts";
import { journalHeads } from "../journal/journal-heads.ts";
import { saleItem } from "../journal/testing/sales.ts";
import { loadOrCreateKeys } from "../keys/key-files.ts";
import { enrolTerminal } from "../enrol/enrol-terminal.ts";
import { openAgentStore } from "../store/open-store.ts";
import { systemPorts, type ReplicatorPorts } from "./ports.ts";
import { startReplicator } from "./start-replicator.ts";
import { ModelCloud } from "./testing/model-cloud.ts";
import { plainly, serveCloud, writeAnswer, type Between } from "./testing/serve-cloud.ts";

const SALES = 2_000;
const page = { "content-type": "text/html" };

/** Every fault that a shop's line has shown, drawn from a seed. About three in ten exchanges go wrong. */
function chaos(random: () => number): Between {
  const faults: Between[] = [
    // the answer is lost after the cloud has acted
    async (cloud, request) => void (await cloud().then(() => request.socket.destroy())),
    // the request never arrives
    (_cloud, request) => Promise.resolve(void request.socket.destroy()),
    // heard twice
    async (cloud, _request, response) => {
      await cloud();
      writeAnswer(response, await cloud());
    },
    // late, so that batches overtake each other
    async (cloud, _request, response) => {
      await sleep(random() * 30);
      writeAnswer(response, await cloud());
    },
    // acted upon, and the answer late
    async (cloud, _request, response) => {
      const answer = await cloud();
      await sleep(random() * 30);
      writeAnswer(response, answer);
    },
    // a sign-in page, before and instead of the cloud
    (_cloud, _request, response) => Promise.resolve(void response.writeHead(200, page).end("<html>sign in</html>")),
    // and after the cloud has acted
    async (cloud, _request, response) => {
      await cloud();
      response.writeHead(200, page).end("<html>sign in</html>");
    },
    // half an answer, then nothing
    async (cloud, _request, response) => {
      const { status, headers, body } = await cloud();
      response.writeHead(status, { ...headers, "content-length": String(body.length) }).write(body.slice(0, body.length / 2));
      setTimeout(() => response.destroy(), 2);
    },
    // a proxy that is overloaded, and one that says it properly
    (_cloud, _request, response) => Promise.resolve(void response.writeHead(502, page).end("<html>bad gateway</html>")),
    (_cloud, _request, response) =>
      Promise.resolve(
        void response.writeHead(503, { "tillsync-wire": "1", "retry-after": "0" }).end('{"error":{"code":"wire.busy","message":""}}'),
      ),
  ];
  return (cloud, request, response) => {
    const fault = random() < 0.3 ? faults[Math.floor(random() * faults.length)] : plainly;
    return (fault ?? plainly)(cloud, request, response);
  };
}

/** Waits a thousandth of what it is told, so that the pauses between tries do not make the test's time. */
const hurried = (random: () => number): ReplicatorPorts => {
  const ports = systemPorts();
  return { ...ports, random, setTimer: (delayMs, work) => ports.setTimer(delayMs >= 10_000 ? 3_000 : delayMs / 1_000, work) };
};

const seeded = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
};

describe("a line that fails in every way", () => {
  it.each([1, 2, 3, 4])("brings every sale to the cloud once, in order (seed %i)", { timeout: 60_000 }, async (seed) => {
    const dir = mkdtempSync(join(tmpdir(), "tillsync-chaos-"));
    const random = seeded(seed);
    const cloud = new ModelCloud(Date.now);
    let between = plainly;
    const served = await serveCloud(cloud, () => between);
    const keys = loadOrCreateKeys(dir);
    const ports = hurried(random);
    const { enrolment } = await enrolTerminal({ dir, url: served.url, code: cloud.newCode() }, { ports, env: {} });
    const store = openAgentStore(dir, { now: Date.now, journalKey: keys.journal.thumbprint });
    const sell = (from: number, to: number): void =>
      void appendMany(
        store,
        Array.from({ length: to - from }, (_, i) => saleItem({ sequence: from + i })),
      );
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    between = chaos(random);
    sell(0, SALES / 2);
    const replicator = startReplicator({ store, keys, enrolment, ports, log, env: {} });
    try {
      for (let sold = SALES / 2; sold < SALES; sold += 100) {
        sell(sold, sold + 100);
        await sleep(5);
      }
      const until = performance.now() + 50_000;
      while (replicator.status().pending > 0 && performance.now() < until) await sleep(5);
      expect(replicator.status().pending).toBe(0);
      const [head] = journalHeads(store);
      expect(cloud.head(epoch(1))).toEqual({ seq: SALES, hash: head?.hash });
      expect(journalHeads(store)).toHaveLength(1);
      const rows = store.prepare<[], { line: Uint8Array }>("SELECT line FROM entry ORDER BY key").all();
      expect(cloud.allLines()).toEqual(rows.map(({ line }) => Buffer.from(line).toString()));
    } finally {
      await replicator.stop();
      await served.close();
      store.close();
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
