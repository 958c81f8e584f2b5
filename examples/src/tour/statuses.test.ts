import { describe, expect, it } from "vitest";
import { readAgentStatus, readChanged, readCloudStatus, readDigest, readListed, readPriceAnswer, readReceiverSummary } from "./statuses.ts";

describe("the programs' figures", () => {
  it("are read from an agent's status", () => {
    const status = {
      terminalId: "t1",
      captured: { transactions: 3, byType: { Control: 1 }, grossByCurrency: { USD: "1.00" } },
      setAside: 1,
      upstreams: [{ name: "cloud", state: "online", pending: 2, ackedSeq: 1 }],
      reference: {
        state: "live",
        collections: [
          { name: "stores", documents: 9, loaded: true, position: { all: 9 }, asOf: null },
          { name: "prices", documents: 3, loaded: true, position: { all: 4, "store:S": 2 }, asOf: 70 },
        ],
      },
    };
    expect(readAgentStatus(JSON.stringify(status), 77)).toEqual({
      records: 3,
      gross: { USD: "1.00" },
      setAside: 1,
      upstream: "online",
      waiting: 2,
      prices: { count: 3, loaded: true, position: 4, asOf: 70 },
      heardAt: 77,
    });
    const fresh = { ...status, upstreams: [], reference: { state: "loading", collections: [] } };
    expect(readAgentStatus(JSON.stringify(fresh), 1)).toMatchObject({ prices: { count: 0, loaded: false, position: 0, asOf: null } });
    expect(readAgentStatus(JSON.stringify({ ...status, upstreams: [] }), 1)).toMatchObject({ upstream: "none", waiting: 0 });
    expect(() => readAgentStatus("{}", 1)).toThrow();
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

  it("are read of prices", () => {
    expect(readDigest(JSON.stringify({ sha256: "ab", documents: 3 }))).toBe("ab");
    expect(readPriceAnswer(JSON.stringify({ itemId: "1", price: { amount: "150", currency: "EUR", kind: "regular" } }))).toEqual({
      amount: "150",
      currency: "EUR",
    });
    expect(() => readPriceAnswer(JSON.stringify({ itemId: "1", unreadable: 0 }))).toThrow();
    const row = { id: "1:regular", scope: "all", amount: "150" };
    expect(readListed(JSON.stringify({ documents: [row] }))).toEqual([row]);
    expect(() => readListed(JSON.stringify({ documents: [row], next: "1:regular" }))).toThrow();
    const shown = { collection: "prices", id: "1:regular", version: 2, schemaVersion: 1, fields: null };
    expect(readChanged(JSON.stringify(shown))).toEqual({ id: "1:regular", version: 2, schemaVersion: 1 });
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
