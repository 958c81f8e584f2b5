import { describe, expect, it } from "vitest";
import { readAgentStatus, readCloudStatus, readReceiverSummary } from "./statuses.ts";

describe("the programs' figures", () => {
  it("are read from an agent's status", () => {
    const status = {
      terminalId: "t1",
      captured: { transactions: 3, byType: { Control: 1 }, grossByCurrency: { USD: "1.00" } },
      setAside: 1,
      upstreams: [{ name: "cloud", state: "online", pending: 2, ackedSeq: 1 }],
    };
    expect(readAgentStatus(JSON.stringify(status))).toEqual({
      records: 3,
      gross: { USD: "1.00" },
      setAside: 1,
      upstream: "online",
      waiting: 2,
    });
    expect(readAgentStatus(JSON.stringify({ ...status, upstreams: [] }))).toMatchObject({ upstream: "none", waiting: 0 });
    expect(() => readAgentStatus("{}")).toThrow();
  });

  it("count what is parked, held or uncertain as open", () => {
    const destination = {
      name: "erp",
      kind: "webhook",
      state: "active",
      delivered: 5,
      pending: 0,
      parked: 1,
      held: 1,
      uncertain: 1,
      oldestPendingAgeMs: null,
    };
    const status = { entries: 9, transactions: { count: 9, grossByCurrency: {} }, setAside: 0, journals: [], destinations: [destination] };
    expect(readCloudStatus(JSON.stringify(status)).destinations).toEqual([{ name: "erp", state: "active", delivered: 5, open: 3 }]);
  });

  it("sum a receiver's faults", () => {
    const summary = {
      kind: "erp",
      count: 1,
      grossByCurrency: {},
      duplicatesRefused: 2,
      conflicts: 0,
      faults: { error: 1, slow: 2 },
      points: 3,
    };
    expect(readReceiverSummary(summary)).toEqual({ kind: "erp", count: 1, gross: {}, duplicatesRefused: 2, conflicts: 0, faults: 3 });
  });
});
