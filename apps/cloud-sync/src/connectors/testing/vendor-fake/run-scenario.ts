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
  /** A negative control: whatever is looked up, nothing is found. */
  readonly blind: boolean;
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
  /** An answer will not come in time: the attempts that meet it get a short deadline. */
  readonly slow?: boolean;
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
  /** What is wrong with the vendor's memory; empty: no document doubled, lost or altered, no points moved twice. */
  readonly wrongEffects: readonly string[];
  /** All that is wrong at the end; empty: everything stands once, with the right totals and points. */
  readonly faults: readonly string[];
  /** Requests of the last item. */
  readonly requests: readonly { readonly reads: boolean }[];
  readonly met: number;
}

/** Where an answer does not come on purpose: little enough that time-outs cost nothing. */
const SHORT_DEADLINE_MS = 200;
/** Everywhere else: a busy machine is no misbehaviour. */
const CALM_DEADLINE_MS = 5_000;

/** Sends the scenario's items in order, the last one disturbed, and compares the vendor's memory with what they mean. */
export async function runScenario<Config>(under: VendorUnderTest<Config>, scenario: Scenario, disturb: Disturbance): Promise<RunReport> {
  const clock = virtualClock();
  const { vendor, memory } = under.start(clock, { keysIgnored: disturb.keysIgnored ?? false, blind: disturb.lookUpOff ?? false });
  const server = await startVendorFake(vendor, clock);
  const ports = testPorts({ nowMs: () => clock.nowMs(), sleep: (ms) => Promise.resolve(clock.advance(ms)) });
  const open = (timeoutMs: number): ConnectorSession => under.connector.open(under.config(server.url, timeoutMs), ports);
  const calm = open(CALM_DEADLINE_MS);
  const hasty = disturb.slow === true ? open(SHORT_DEADLINE_MS) : calm;
  const sessionNow = (): ConnectorSession => (server.met() === 0 ? hasty : calm);
  const { context, note } = rememberVendorIds();
  const items = [...(disturb.needsAnother === true ? [scenario.stranger] : []), ...scenario.items];
  const last = lastOf(items);
  const drive = { repeatability: under.connector.manifest.repeatability, context, clock };
  try {
    const faults: string[] = [];
    const go = async (through: () => ConnectorSession, item: DeliveryItem, lookUpOff = false): Promise<void> => {
      const driven = await bringToEnd({ ...drive, session: through, lookUpOff }, item);
      note(item, driven);
      if (driven.kind === "ended") faults.push(`${item.naturalKey} ended as ${JSON.stringify(driven.result)}`);
    };
    for (const item of items.slice(0, -1)) await go(() => calm, item);
    const before = server.calls.length;
    server.plan(disturb.plan ?? (() => undefined));
    if (disturb.heldBackMs !== undefined) clock.advance(disturb.heldBackMs);
    await go(sessionNow, last, disturb.lookUpOff);
    if (disturb.replayAfterMs !== undefined) {
      clock.advance(disturb.replayAfterMs);
      await go(sessionNow, { ...last, replay: true }, disturb.lookUpOff);
    }
    const requests = server.calls.slice(before).map((call) => ({ reads: vendor.reads?.(call) ?? false }));
    const met = server.met();
    server.plan(() => undefined);
    const there = await calm.lookUp?.(last, context);
    const wrongEffects = effectsOf(under, items, memory);
    return { wrongEffects, faults: [...faults, ...wrongEffects, ...faultsOf(under, items, server, there)], requests, met };
  } finally {
    await Promise.all([hasty.close(), calm.close()]);
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

const expectedOf = <Config>(under: VendorUnderTest<Config>, items: readonly DeliveryItem[]) =>
  under.expected?.(items) ?? { documents: expectedDocuments(items), points: expectedPoints(items) };

function effectsOf<Config>(under: VendorUnderTest<Config>, items: readonly DeliveryItem[], memory: VendorMemory): string[] {
  const { documents, points } = expectedOf(under, items);
  const [held, wished] = [inOrder(memory.documents()), inOrder(documents)];
  const pointsHeld = Object.fromEntries(Object.keys(points).map((member) => [member, memory.points()[member]]));
  const faults: string[] = [];
  if (!isDeepStrictEqual(held, wished)) faults.push(`documents ${JSON.stringify(held)}, and it should hold ${JSON.stringify(wished)}`);
  if (!isDeepStrictEqual(pointsHeld, points))
    faults.push(`points ${JSON.stringify(pointsHeld)}, and they should be ${JSON.stringify(points)}`);
  return faults;
}

function faultsOf<Config>(
  under: VendorUnderTest<Config>,
  items: readonly DeliveryItem[],
  server: VendorServer,
  there: LookUpResult | undefined,
): string[] {
  const faults = server.violations.map((violation) => `against the specification: ${violation}`);
  const last = items.at(-1);
  const total = expectedOf(under, items).documents.find(({ reference }) => reference === last?.identity)?.total;
  if (there !== undefined && there.kind !== "found" && there.kind !== "nothing")
    faults.push(`the look-up afterwards says ${JSON.stringify(there)}`);
  if (there?.kind === "found" && there.total !== undefined && total !== undefined && there.total.amount !== total)
    faults.push(`the look-up afterwards tells a total of ${there.total.amount}, and it is ${total}`);
  return faults;
}
