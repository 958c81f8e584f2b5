import type { Snapshot, SourceSnapshot } from "./snapshot.ts";

export const NOW_MS = 1_780_000_000_000;

export const goodSource: SourceSnapshot = {
  name: "pos",
  kind: "folder",
  adapter: "poslog",
  place: "/pos",
  state: "watching",
  code: null,
  lastReadAtMs: NOW_MS - 2_000,
  freshForMs: 20_000,
  files: 3,
  open: 0,
  failed: 0,
};

/** A till on a good day: nothing waits, everything was read. */
export const goodSnapshot: Snapshot = {
  apiVersion: 1,
  atMs: NOW_MS - 500,
  agentVersion: "1.0.0",
  terminalId: "till-1",
  storeId: "s-17",
  storeName: "High Street",
  timeZone: "Europe/Berlin",
  line: { state: "online", sinceMs: NOW_MS - 60_000, lastError: null },
  pending: { entries: 0, oldestAtMs: null },
  setAside: { open: 0, handedToIt: 0 },
  sources: [goodSource],
  clock: { offsetMs: 3, code: null },
  disk: { state: "ok" },
  reference: { state: "live", asOfMs: NOW_MS - 1_000 },
  pause: null,
  update: null,
  help: { name: "Service desk", phone: "+49 30 1234" },
  problems: [],
  orders: { toHandOver: 2, conflicts: 0 },
};
