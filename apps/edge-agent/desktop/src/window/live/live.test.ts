import { orderStatuses, rankOf, type OrderStatus } from "@tillsync/sync-protocol";
import { afterEach, expect, test, vi } from "vitest";
import { openLive, type Live } from "./open-live.ts";
import type { LivePorts } from "./ports.ts";
import { BURIED_MAX, TAKEN_MAX } from "./replicate.ts";
import { anOrder } from "./testing/an-order.ts";
import { FakeAgent } from "./testing/fake-agent.ts";

/** mulberry32: the same numbers for the same seed. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The pauses between attempts, as short as a test can wait. */
const portsOf = (agent: FakeAgent): LivePorts => ({
  agent,
  random: agent.random,
  setTimer: (ms, run) => {
    const timer = setTimeout(run, Math.min(ms, 2));
    return { cancel: () => clearTimeout(timer) };
  },
});

const open: Live[] = [];
const start = (agent: FakeAgent): Live => {
  const live = openLive(portsOf(agent));
  open.push(live);
  return live;
};
afterEach(async () => {
  for (const live of open.splice(0)) await live.close();
});

const seen = (live: Live): Record<string, number> =>
  Object.fromEntries(live.rows.orders.get().rows.map(({ id, version }) => [id, version]));
const agrees = (live: Live, agent: FakeAgent) =>
  vi.waitFor(() => expect(seen(live)).toEqual(agent.living("orders")), { timeout: 10_000, interval: 10 });
const rowOf = (live: Live, id: string) => live.rows.orders.get().rows.find((row) => row.id === id)!;

test("loads what there is, follows what changes, and forgets what is gone", async () => {
  const agent = new FakeAgent(seeded(1));
  for (let i = 0; i < 250; i += 1) agent.put("orders", `o${i}`, anOrder(`o${i}`));
  agent.put("stores", "S1", { name: "Mitte", timeZone: "Europe/Berlin", currency: "EUR" });
  agent.put("configuration", "help", { value: { name: "IT", phone: null } });
  const live = start(agent);
  expect(live.rows.orders.get()).toEqual({ loaded: false, rows: [], unreadable: 0 });
  await agrees(live, agent);
  expect(live.state.get()).toEqual({ kind: "live" });
  await vi.waitFor(() => expect(live.rows.stores.get().rows[0]?.document.name).toBe("Mitte"));
  expect(live.rows.configuration.get().rows.map(({ id }) => id)).toEqual(["help"]);

  const before = rowOf(live, "o2");
  agent.put("orders", "o1", anOrder("o1", { status: "picked" }));
  agent.remove("orders", "o0");
  await agrees(live, agent);
  expect(rowOf(live, "o1").document.status).toBe("picked");
  expect(rowOf(live, "o2"), "rows that did not change stay the same object").toBe(before);
});

test("a document that this version cannot read is counted and keeps no other from being shown", async () => {
  const agent = new FakeAgent(seeded(2));
  agent.put("orders", "good", anOrder("good"));
  agent.put("orders", "odd", anOrder("odd", { status: "teleported" }));
  agent.put("orders", "newer", { ...anOrder("newer"), schemaVersion: 99 });
  const live = start(agent);
  await vi.waitFor(() => expect(live.rows.orders.get()).toMatchObject({ loaded: true, unreadable: 2, rows: [{ id: "good" }] }));
});

/** Changes, losses, doubles, late answers and lost files; then quiet. */
async function storm(agent: FakeAgent, random: () => number, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    const id = `o${Math.floor(random() * 40)}`;
    if (random() < 0.2) agent.remove("orders", id);
    else agent.put("orders", id, anOrder(id, { status: orderStatuses[Math.floor(random() * 4)] }));
    if (random() < 0.02) agent.loseFile();
    if (random() < 0.05) agent.down = !agent.down;
    if (round % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  agent.down = false;
}

test.each([11, 12, 13, 14, 15, 16])(
  "whatever is lost, doubled, late or begun again, it comes to what the agent has (seed %i)",
  async (seed) => {
    const random = seeded(seed);
    const agent = new FakeAgent(random);
    agent.faults = { lostBefore: 0.1, lostAfter: 0.1, twice: 0.2, late: 0.3 };
    const live = start(agent);
    await storm(agent, random, 400);
    await agrees(live, agent);
  },
);

test("an agent that does not tell of changes is noticed by the same check", async () => {
  const agent = new FakeAgent(seeded(21));
  const live = start(agent);
  agent.put("orders", "o1", anOrder("o1"));
  await agrees(live, agent);
  agent.faults = { dropEvents: true };
  agent.put("orders", "o2", anOrder("o2"));
  const waits = agent.asked.length;
  await vi.waitFor(() => expect(agent.asked.length).toBeGreaterThan(waits + 20), { timeout: 10_000 });
  expect(seen(live)).not.toEqual(agent.living("orders"));
});

test("keeps showing what it had while it is loaded anew, and says so", async () => {
  const agent = new FakeAgent(seeded(22));
  agent.put("orders", "o1", anOrder("o1"));
  const live = start(agent);
  await agrees(live, agent);
  const states: string[] = [];
  let fewest = 1;
  live.state.subscribe(() => states.push(live.state.get().kind));
  live.rows.orders.subscribe(() => (fewest = Math.min(fewest, live.rows.orders.get().rows.length)));
  agent.loseFile();
  agent.put("orders", "o2", anOrder("o2"));
  await agrees(live, agent);
  expect(states).toContain("loading");
  expect(fewest).toBe(1);
});

test("says under which code the agent is away, and comes back by itself", async () => {
  const agent = new FakeAgent(seeded(23));
  agent.down = true;
  const live = start(agent);
  await vi.waitFor(() => expect(live.state.get()).toEqual({ kind: "failing", code: "agent.not-answering" }));
  agent.down = false;
  agent.put("orders", "o1", anOrder("o1"));
  await agrees(live, agent);
  expect(live.state.get()).toEqual({ kind: "live" });
});

test("a step is kept once, however often its question is lost or doubled", async () => {
  const random = seeded(31);
  const agent = new FakeAgent(random);
  for (let i = 0; i < 20; i += 1) agent.put("orders", `o${i}`, anOrder(`o${i}`, { status: "picked" }));
  const live = start(agent);
  await agrees(live, agent);
  agent.faults = { lostBefore: 0.3, lostAfter: 0.3, twice: 0.5, late: 0.3 };
  const outcomes = await Promise.all(live.rows.orders.get().rows.map((row) => live.takeStep(row, "fulfilled")));
  expect(outcomes).toEqual(Array.from({ length: 20 }, () => ({ kind: "kept" })));
  expect([...agent.steps.keys()].toSorted()).toEqual(Array.from({ length: 20 }, (_, i) => `o${i}/1/fulfilled`).toSorted());
  expect(live.asking.asking().size).toBe(0);
});

test("a step waits for an agent that is away, and is shown as waiting", async () => {
  const agent = new FakeAgent(seeded(32));
  agent.put("orders", "o1", anOrder("o1", { status: "picked" }));
  const live = start(agent);
  await agrees(live, agent);
  agent.down = true;
  const taken = live.takeStep(rowOf(live, "o1"), "fulfilled");
  await vi.waitFor(() => expect(agent.asked.filter((method) => method === "reference-push").length).toBeGreaterThan(2));
  expect(live.asking.asking()).toEqual(new Map([["o1", "fulfilled"]]));
  expect(await live.takeStep(rowOf(live, "o1"), "returned"), "one at a time").toEqual({ kind: "unsure" });
  agent.down = false;
  expect(await taken).toEqual({ kind: "kept" });
});

test("a step that is not taken is told with how the order stands, and the row goes back to that", async () => {
  const agent = new FakeAgent(seeded(33));
  agent.put("orders", "o1", anOrder("o1", { status: "picked" }));
  const live = start(agent);
  await agrees(live, agent);
  const seenRow = rowOf(live, "o1");
  agent.faults = { dropEvents: true };
  agent.put("orders", "o1", anOrder("o1", { status: "cancelled", cancelled: true }));
  expect(await live.takeStep(seenRow, "fulfilled")).toMatchObject({ kind: "refused", standing: { status: "cancelled" } });
  agent.faults = {};
  await agrees(live, agent);
  expect(rowOf(live, "o1").document.status).toBe("cancelled");
  expect(await live.takeStep(seenRow, "fulfilled"), "seen before it changed").toMatchObject({ kind: "refused", code: "order.changed" });
  agent.remove("orders", "o1");
  await agrees(live, agent);
  expect(await live.takeStep(seenRow, "fulfilled")).toEqual({ kind: "refused", standing: undefined, code: undefined });
  expect(agent.steps.size).toBe(0);
});

test("a code that the agent refuses with is told, and nothing is asked again", async () => {
  const agent = new FakeAgent(seeded(34));
  agent.put("orders", "o1", anOrder("o1", { status: "picked" }));
  const live = start(agent);
  await agrees(live, agent);
  agent.refusePushWith = "store.disk-full";
  expect(await live.takeStep(rowOf(live, "o1"), "fulfilled")).toMatchObject({ kind: "refused", code: "store.disk-full" });
  await vi.waitFor(() => expect(rowOf(live, "o1").document.status).toBe("picked"));
  expect(agent.asked.filter((method) => method === "reference-push")).toHaveLength(1);
  agent.refusePushWith = undefined;
  expect(await live.takeStep(rowOf(live, "o1"), "fulfilled")).toEqual({ kind: "kept" });
});

test("a fault that stays leaves it open what became of one step, and keeps no other waiting", async () => {
  const agent = new FakeAgent(seeded(36));
  for (const id of ["o1", "o2"]) agent.put("orders", id, anOrder(id, { status: "picked" }));
  const live = start(agent);
  await agrees(live, agent);
  agent.refusePushWith = "internal.unexpected";
  const first = live.takeStep(rowOf(live, "o1"), "fulfilled");
  const second = live.takeStep(rowOf(live, "o2"), "fulfilled");
  expect(await first).toEqual({ kind: "unsure" });
  agent.refusePushWith = undefined;
  expect(await second).toEqual({ kind: "kept" });
  await vi.waitFor(() => expect(rowOf(live, "o1").document.status).toBe("picked"));
});

test("no step turns an order back, whatever is asked", async () => {
  const agent = new FakeAgent(seeded(35));
  const later: OrderStatus[] = ["picked", "fulfilled", "shipped", "delivered", "returned", "cancelled"];
  for (const status of later)
    agent.put("orders", status, anOrder(status, { status, ...(status === "cancelled" ? { cancelled: true } : {}) }));
  const live = start(agent);
  await agrees(live, agent);
  for (const row of live.rows.orders.get().rows)
    for (const status of orderStatuses.filter((status) => rankOf(status) <= rankOf(row.document.status)))
      expect(await live.takeStep(rowOf(live, row.id), status), `${row.id} to ${status}`).toMatchObject({ kind: "refused" });
  expect(agent.steps.size).toBe(0);
});

test("what was deleted leaves no trace that grows", async () => {
  const agent = new FakeAgent(seeded(41));
  const live = start(agent);
  agent.put("orders", "stays", anOrder("stays"));
  for (let i = 0; i < BURIED_MAX + 10; i += 1) agent.put("orders", `o${i}`, anOrder(`o${i}`));
  await agrees(live, agent);
  const states: string[] = [];
  live.state.subscribe(() => states.push(live.state.get().kind));
  for (let i = 0; i < BURIED_MAX + 10; i += 1) agent.remove("orders", `o${i}`);
  await agrees(live, agent);
  await vi.waitFor(() => expect(states).toEqual(["loading", "live"]));
  await agrees(live, agent);
});

test("changes leave no trace that grows", async () => {
  const orders = 2_000;
  const agent = new FakeAgent(seeded(42));
  const changeAll = (total: number): void => {
    for (let i = 0; i < orders; i += 1) agent.put("orders", `o${i}`, anOrder(`o${i}`, { total: `${total}` }));
  };
  changeAll(0);
  const live = start(agent);
  await agrees(live, agent);
  const states: string[] = [];
  live.state.subscribe(() => states.push(live.state.get().kind));
  for (let round = 1; round * orders <= TAKEN_MAX + 2 * orders; round += 1) {
    changeAll(round);
    await vi.waitFor(() => expect(agent.fetched("orders")).toBe(orders), { timeout: 10_000, interval: 2 });
  }
  await vi.waitFor(() => expect(states).toEqual(["loading", "live"]), { timeout: 10_000 });
  await agrees(live, agent);
});

test("closes with questions under way, and asks nothing afterwards", async () => {
  const agent = new FakeAgent(seeded(51));
  agent.put("orders", "o1", anOrder("o1", { status: "picked" }));
  const live = start(agent);
  await agrees(live, agent);
  agent.down = true;
  const taken = live.takeStep(rowOf(live, "o1"), "fulfilled");
  await live.close();
  expect(await taken).toEqual({ kind: "unsure" });
  const asked = agent.asked.length;
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(agent.asked.length).toBe(asked);
});
