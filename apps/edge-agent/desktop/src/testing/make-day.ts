import type { DayAnswer, TillDay } from "@tillsync/edge-agent/window-api";

/** A day of a shop with three tills: one agrees with its report, one does not, one has none yet. */
export const makeDay = (businessDay = "2026-11-21"): DayAnswer => ({
  businessDay,
  days: ["2026-11-21", "2026-11-20", "2026-11-19"],
  tills: [
    aTill("1", 214, "487310", {
      kind: "xReport",
      reportNumber: "88",
      count: 209,
      grand: "471955",
      at: null,
      salesThen: 209,
      grossThen: "471955",
    }),
    aTill("2", 187, "398045", {
      kind: "xReport",
      reportNumber: "61",
      count: 181,
      grand: "390120",
      at: null,
      salesThen: 180,
      grossThen: "388520",
    }),
    aTill("3", 41, "72490", null),
  ],
});

function aTill(workstation: string, sales: number, gross: string, pos: TillDay["pos"]): TillDay {
  const agrees = pos === null ? "no-report" : pos.grand === pos.grossThen ? "equal" : "differs";
  return { store: "0042", workstation, currency: "EUR", exponent: 2, sales, gross, pos, agrees };
}
