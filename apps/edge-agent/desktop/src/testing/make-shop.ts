import type { Snapshot, SourceSnapshot } from "@tillsync/edge-agent/window-api";

/** The instant that all pictures of a shop are of: a Saturday, 14:05 in Berlin. */
export const NOW_MS = Date.UTC(2026, 10, 21, 13, 5, 0);

export type Change = Omit<Partial<Snapshot>, "sources"> & { readonly sources?: readonly SourceSnapshot[] };

const aSource = (name: string, place: string, more: Partial<SourceSnapshot> = {}): SourceSnapshot => ({
  name,
  kind: "folder",
  adapter: "poslog",
  place,
  state: "watching",
  code: null,
  lastReadAtMs: NOW_MS - 4_000,
  freshForMs: 60_000,
  files: 12,
  open: 0,
  failed: 0,
  ...more,
});

/** A shop in which all is safe, but for what a test changes. */
export const makeSnapshot = (change: Change = {}): Snapshot => ({
  apiVersion: 1,
  atMs: NOW_MS,
  agentVersion: "0.1.0",
  terminalId: "till-1",
  storeId: "0042",
  storeName: "Lindenplatz",
  timeZone: "Europe/Berlin",
  line: { state: "online", sinceMs: NOW_MS - 5 * 3_600_000, lastError: null },
  pending: { entries: 0, oldestAtMs: null },
  setAside: { open: 0, handedToIt: 0 },
  clock: { offsetMs: 120, code: null },
  disk: { state: "ok" },
  reference: { state: "live", asOfMs: NOW_MS - 30_000 },
  pause: null,
  update: null,
  help: { name: "Filialservice", phone: "+49 30 5550100" },
  problems: [],
  orders: { toHandOver: 4, conflicts: 0 },
  ...change,
  sources: [
    ...(change.sources ?? [
      aSource("pos-export", "/srv/pos/export"),
      aSource("pos-http", "127.0.0.1:4500", { kind: "http", adapter: null }),
    ]),
  ],
});

/** A snapshot for each state that tray and window show. */
export const SNAPSHOTS = {
  safe: makeSnapshot(),
  sending: makeSnapshot({
    line: { state: "sending", sinceMs: NOW_MS - 9_000, lastError: null },
    pending: { entries: 128, oldestAtMs: NOW_MS - 61_000 },
  }),
  offline: makeSnapshot({
    line: { state: "offline", sinceMs: NOW_MS - 47 * 60_000, lastError: { code: "wire.unreachable", atMs: NOW_MS - 20_000 } },
    pending: { entries: 312, oldestAtMs: NOW_MS - 47 * 60_000 },
    reference: { state: "offline", asOfMs: NOW_MS - 47 * 60_000 },
  }),
  attention: makeSnapshot({
    setAside: { open: 2, handedToIt: 1 },
    problems: [{ code: "capture.set-aside", detail: null, about: "pos-export" }],
    orders: { toHandOver: 3, conflicts: 1 },
  }),
  update: makeSnapshot({ update: { version: "0.2.0", appliesFromMs: NOW_MS + 6 * 3_600_000 } }),
} as const satisfies Record<string, Snapshot>;
