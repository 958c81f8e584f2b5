import { isDeepStrictEqual } from "node:util";
import type { Connector, ConnectorSession, DeliveryItem, LookUpResult, SendContext } from "../../connector.ts";
import { testPorts } from "../context.ts";
import { bringToEnd, type Driven } from "./drive.ts";
import { expectedDocuments, expectedPoints, inOrder, type BookedDocument } from "./expected-effects.ts";
import type { Misbehaviour } from "./misbehaviours.ts";
import type { Scenario } from "./scenarios.ts";
import { startVendorFake, type FakeVendor, type VendorServer } from "./start-vendor-fake.ts";
import type { FakeCall } from "./vendor-rules.ts";
import { virtualClock, type VirtualClock } from "./virtual-clock.ts";

export interface VendorMemory {
  /** All documents that stand, in our words. */
  documents(): BookedDocument[];
  /** Points by our member reference. */
  points(): Readonly<Record<string, number>>;
}

export interface FakeOptions {
  /** A negative control: the vendor forgets every key at once. */
  readonly keysIgnored: boolean;
}

export interface VendorUnderTest<Config = never> {
  readonly connector: Connector<Config>;
  /** A fresh vendor: members with `POINTS_BEFORE`, no documents. */
  start(clock: VirtualClock, options: FakeOptions): { readonly vendor: FakeVendor; readonly memory: VendorMemory };
  config(url: string, timeoutMs: number): Config;
  /** What the vendor holds after the items, where that is not one document for each planned one. */
  expected?(items: readonly DeliveryItem[]): { readonly documents: BookedDocument[]; readonly points: Record<string, number> };
}

/** How one run of a scenario's last item is disturbed. */
export interface Disturbance {
  readonly plan?: (index: number, call: FakeCall) => Misbehaviour | undefined;
  /** Another member's sale is sent before, so that there are another's answers. */
  readonly needsAnother?: boolean;
  readonly lookUpOff?: boolean;
  readonly keysIgnored?: boolean;
  /** Happens after the first end of the last item, which is then sent once more, marked as a replay. */
  readonly replayAfterMs?: number;
  /** The last item was received this long before it is sent for the first time. */
  readonly heldBackMs?: number;
}

export interface RunReport {
  /** What is wrong at the end; empty: everything stands once, with the right totals and points. */
  readonly faults: readonly string[];
  /** Requests of the last item. */
  readonly requests: readonly { readonly reads: boolean }[];
  readonly met: number;
}

/** Little enough that time-outs cost nothing. */
const DEADLINE_MS = 150;
/** Where nothing is slow on purpose: a busy machine is no misbehaviour. */
const CALM_DEADLINE_MS = 5_000;

/** Sends the scenario's items in order, the last one disturbed, and compares the vendor's memory with what they mean. */
export async function runScenario<Config>(under: VendorUnderTest<Config>, scenario: Scenario, disturb: Disturbance): Promise<RunReport> {
  const clock = virtualClock();
  const { vendor, memory } = under.start(clock, { keysIgnored: disturb.keysIgnored ?? false });
  const server = await startVendorFake(vendor, clock);
  const ports = testPorts({ nowMs: () => clock.nowMs(), sleep: (ms) => Promise.resolve(clock.advance(ms)) });
  const open = (timeoutMs: number): ConnectorSession => under.connector.open(under.config(server.url, timeoutMs), ports);
  const [session, calm] = [open(disturb.plan === undefined ? CALM_DEADLINE_MS : DEADLINE_MS), open(CALM_DEADLINE_MS)];
  const { context, note } = rememberVendorIds();
  const items = [...(disturb.needsAnother === true ? [scenario.stranger] : []), ...scenario.items];
  const last = lastOf(items);
  const drive = { repeatability: under.connector.manifest.repeatability, context, clock };
  try {
    const faults: string[] = [];
    const go = async (through: ConnectorSession, item: DeliveryItem, lookUpOff = false): Promise<void> => {
      const driven = await bringToEnd({ ...drive, session: through, lookUpOff }, item);
      note(item, driven);
      if (driven.kind === "ended") faults.push(`${item.naturalKey} ended as ${JSON.stringify(driven.result)}`);
    };
    for (const item of items.slice(0, -1)) await go(calm, item);
    const before = server.calls.length;
    server.plan(disturb.plan ?? (() => undefined));
    if (disturb.heldBackMs !== undefined) clock.advance(disturb.heldBackMs);
    await go(session, last, disturb.lookUpOff);
    if (disturb.replayAfterMs !== undefined) {
      clock.advance(disturb.replayAfterMs);
      await go(session, { ...last, replay: true }, disturb.lookUpOff);
    }
    const requests = server.calls.slice(before).map((call) => ({ reads: vendor.reads?.(call) ?? false }));
    const met = server.met();
    server.plan(() => undefined);
    const there = await calm.lookUp?.(last, context);
    return { faults: [...faults, ...(await faultsOf(under, items, memory, server, there))], requests, met };
  } finally {
    await Promise.all([session.close(), calm.close()]);
    await server.close();
  }
}

function lastOf(items: readonly DeliveryItem[]): DeliveryItem {
  const last = items.at(-1);
  if (last === undefined) throw new Error("a scenario has items");
  return last;
}

function rememberVendorIds(): { context: SendContext; note: (item: DeliveryItem, driven: Driven) => void } {
  const ids = new Map<string, string>();
  return {
    context: { vendorIdOf: (naturalKey) => Promise.resolve(ids.get(naturalKey)) },
    note: (item, driven) => {
      if (driven.kind === "delivered" && driven.vendorId !== undefined) ids.set(item.naturalKey, driven.vendorId);
    },
  };
}

async function faultsOf<Config>(
  under: VendorUnderTest<Config>,
  items: readonly DeliveryItem[],
  memory: VendorMemory,
  server: VendorServer,
  there: LookUpResult | undefined,
): Promise<string[]> {
  const { documents, points } = under.expected?.(items) ?? { documents: expectedDocuments(items), points: expectedPoints(items) };
  const [held, wished] = [inOrder(memory.documents()), inOrder(documents)];
  const pointsHeld = Object.fromEntries(Object.keys(points).map((member) => [member, memory.points()[member]]));
  const last = items.at(-1);
  const faults = server.violations.map((violation) => `against the specification: ${violation}`);
  if (!isDeepStrictEqual(held, wished)) faults.push(`documents ${JSON.stringify(held)}, and it should hold ${JSON.stringify(wished)}`);
  if (!isDeepStrictEqual(pointsHeld, points))
    faults.push(`points ${JSON.stringify(pointsHeld)}, and they should be ${JSON.stringify(points)}`);
  const total = documents.find(({ reference }) => reference === last?.identity)?.total;
  if (there !== undefined && there.kind !== "found" && there.kind !== "nothing")
    faults.push(`the look-up afterwards says ${JSON.stringify(there)}`);
  if (there?.kind === "found" && there.total !== undefined && total !== undefined && there.total.amount !== total)
    faults.push(`the look-up afterwards tells a total of ${there.total.amount}, and it is ${total}`);
  return faults;
}
