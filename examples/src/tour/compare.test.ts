import { describe, expect, it } from "vitest";
import { addGross, compare, everythingArrived, sameGross } from "./compare.ts";
import { printTable } from "./print-table.ts";
import { emptyView, type TourView } from "./view.ts";

const GROSS = { USD: "10.50", EUR: "-0.05" };

/** Two tills, an agent each, a cloud and two receivers that all agree. */
function agreeing(): TourView {
  const view = emptyView();
  const till = (name: string, gross: Record<string, string>): TourView["tills"][number] => ({
    name,
    about: "",
    sold: { records: 12, sales: 10, gross },
    agent: {
      records: 12,
      gross,
      setAside: 0,
      upstream: "online",
      waiting: 0,
      prices: { count: 3, loaded: true, position: 4, asOf: 1 },
      heardAt: 1,
    },
  });
  view.tills = [till("Till 1", { USD: "10.50" }), till("Till 2", { EUR: "-0.05" })];
  view.cloud = { records: 24, gross: GROSS, setAside: 0, destinations: [{ name: "erp", state: "active", delivered: 20, open: 0 }] };
  view.receivers = ["erp", "oms"].map((kind) => ({ kind, count: 20, gross: GROSS, duplicatesRefused: 1, conflicts: 0, faults: 2 }));
  view.prices = { listed: 3, change: { item: "100001", amount: "150", currency: "EUR", text: "1.50 EUR" }, same: true };
  return view;
}
const arrived = (view: TourView): boolean => everythingArrived(view, compare(view), 2);

describe("the comparison", () => {
  it("adds decimal money exactly, up to the largest amount", () => {
    expect(addGross([{ USD: "0.10" }, { USD: "0.20", EUR: "-0.01" }])).toEqual({ EUR: "-0.01", USD: "0.30" });
    expect(addGross([{ USD: "9999999999999.99" }, { USD: "0.01" }])).toEqual({ USD: "10000000000000.00" });
    expect(addGross([{ JPY: "3" }, { JPY: "4" }])).toEqual({ JPY: "7" });
    expect(() => addGross([{ USD: "1,00" }])).toThrow("no amount");
  });

  it("takes a currency without money for a missing one", () => {
    expect(sameGross({ USD: "1.00", EUR: "0.00" }, { USD: "1.00" })).toBe(true);
    expect(sameGross({ USD: "1.00" }, { USD: "1.01" })).toBe(false);
    expect(sameGross({ USD: "-1.00" }, { USD: "1.00" })).toBe(false);
  });

  it("is content when all hold the same", () => {
    expect(compare(agreeing()).map((row) => [row.who, row.agrees])).toEqual([
      ["Tills", true],
      ["Agents", true],
      ["Cloud", true],
      ["ERP", true],
      ["OMS", true],
      ["Prices", true],
    ]);
    expect(arrived(agreeing())).toBe(true);
  });

  it.each<[string, (view: TourView) => void]>([
    ["a sale more at a till", (view) => void (view.tills[0]!.sold = { records: 13, sales: 11, gross: { USD: "10.50" } })],
    ["a cent more at a till", (view) => void (view.tills[0]!.sold = { records: 12, sales: 10, gross: { USD: "10.51" } })],
    ["a record that waits at an agent", (view) => void (view.tills[0]!.agent = { ...view.tills[0]!.agent!, waiting: 1 })],
    ["a record set aside at an agent", (view) => void (view.tills[0]!.agent = { ...view.tills[0]!.agent!, setAside: 1 })],
    ["an agent not heard", (view) => void (view.tills[1]!.agent = undefined)],
    ["a record missing in the cloud", (view) => void (view.cloud = { ...view.cloud!, records: 23 })],
    ["an entry set aside in the cloud", (view) => void (view.cloud = { ...view.cloud!, setAside: 1 })],
    ["no cloud", (view) => void (view.cloud = undefined)],
    ["a sale counted twice by a receiver", (view) => void (view.receivers[1] = { ...view.receivers[1]!, count: 21 })],
    ["a cent missing at a receiver", (view) => void (view.receivers[0] = { ...view.receivers[0]!, gross: { USD: "10.49", EUR: "-0.05" } })],
    ["a conflict at a receiver", (view) => void (view.receivers[0] = { ...view.receivers[0]!, conflicts: 1 })],
    [
      "a delivery still open",
      (view) => void (view.cloud = { ...view.cloud!, destinations: [{ name: "erp", state: "active", delivered: 19, open: 1 }] }),
    ],
    ["a receiver not heard", (view) => void view.receivers.pop()],
    ["a price list that differs", (view) => void (view.prices = { ...view.prices!, same: false })],
    ["a price list not compared", (view) => void (view.prices = { ...view.prices!, same: undefined })],
    ["no price list", (view) => void (view.prices = undefined)],
    ["no tills at all", (view) => void (view.tills = [])],
  ])("notices %s", (_what, spoil) => {
    const view = agreeing();
    spoil(view);
    expect(arrived(view)).toBe(false);
  });

  it("prints a table with aligned columns", () => {
    const lines = printTable(compare(agreeing())).split("\n");
    expect(lines[0]).toMatch(/^\s+records {2}sales {4}EUR {4}USD$/);
    expect(lines[1]).toMatch(/^Tills\s+24\s+20\s+-0\.05\s+10\.50\s+ok {2}\(what was rung up\)$/);
    expect(lines[4]).toMatch(/^ERP\s+20\s+-0\.05\s+10\.50\s+ok {2}\(2 failed on purpose, 1 refused as doubles\)$/);
    expect(lines[6]).toMatch(/^Prices\s+ok {2}\(3 at each till against the cloud's; item 100001 costs 1\.50 EUR now\)$/);
    const spoilt = agreeing();
    spoilt.receivers[0] = { ...spoilt.receivers[0]!, count: 19 };
    expect(printTable(compare(spoilt))).toMatch(/^ERP .* DIFFERS/m);
  });
});
