import { describe, expect, it } from "vitest";
import { emptyView, type AgentView, type TourView } from "./view.ts";
import { arrivalOf, hasChange, hasList, waitForChange } from "./wait-for-prices.ts";

const PRICES = { listed: 3, change: undefined, same: undefined };
const agentWith = (prices: Partial<AgentView["prices"]>): AgentView => ({
  records: 0,
  gross: {},
  setAside: 0,
  upstream: "online",
  waiting: 5,
  prices: { count: 3, loaded: true, position: 3, asOf: 1, ...prices },
  heardAt: 12_500,
});

function viewOf(...agents: AgentView[]): TourView {
  const view = emptyView();
  view.prices = PRICES;
  view.tills = agents.map((agent, index) => ({
    name: `Till ${index + 1}`,
    about: "",
    sold: { records: 0, sales: 0, gross: {} },
    agent,
  }));
  return view;
}

describe("waiting for prices at the tills", () => {
  it("takes a list for there when it is whole and loaded, and a change when there was one after it", () => {
    expect(hasList(agentWith({}), PRICES)).toBe(true);
    expect(hasList(agentWith({ loaded: false }), PRICES)).toBe(false);
    expect(hasList(agentWith({ count: 2 }), PRICES)).toBe(false);
    expect(hasList(agentWith({ position: 2 }), PRICES)).toBe(false);
    expect(hasChange(agentWith({}), PRICES)).toBe(false);
    expect(hasChange(agentWith({ position: 4 }), PRICES)).toBe(true);
  });

  it("says of each till once when it was seen, and what waited there", async () => {
    const said: string[] = [];
    const view = viewOf(agentWith({ position: 4 }), { ...agentWith({ position: 3 }), waiting: 0 });
    const say = (text: string): void => {
      said.push(text);
      view.tills[1]!.agent = { ...agentWith({ position: 4 }), waiting: 0 };
    };
    await waitForChange(view, { restoredAt: 10_000, say, signal: new AbortController().signal });
    expect(said).toEqual([arrivalOf("Till 1", 2.5, 5), arrivalOf("Till 2", 2.5, 0)]);
    expect(said[0]).toBe("Till 1 has the new price, seen 2.5 s after the line came back; 5 of its records still wait to go up");
    expect(said[1]).toBe("Till 2 has the new price, seen 2.5 s after the line came back");
  });

  it("ends with the tour, also when a till never hears of it", async () => {
    const stop = new AbortController();
    const waiting = waitForChange(viewOf(agentWith({})), { restoredAt: 0, say: () => {}, signal: stop.signal });
    stop.abort(new Error("over"));
    await expect(waiting).rejects.toThrow();
  });
});
