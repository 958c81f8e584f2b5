import type { DevicesAnswer, LineHistoryAnswer, MembersAnswer, OwnStepsAnswer, ProductsAnswer } from "@tillsync/edge-agent/window-api";
import { encodeHlc } from "@tillsync/sync-protocol";
import { NOW_MS } from "../../../testing/make-shop.ts";
import { Refused, type ScriptedAgent } from "../../../testing/scripted-agent.ts";
import { codeOf } from "../retry.ts";
import { anOrder } from "./an-order.ts";
import { FakeAgent } from "./fake-agent.ts";

/** A shop floor of one afternoon: orders in every state that matters, its store and settings. `floor` may be changed while windows look. */
export function openFloor(): FakeAgent {
  const floor = new FakeAgent(Math.random);
  const goods = [{ itemId: "4711", gtin: "04006381333931", description: "Olivenöl 0,5 l", quantity: { value: "2", uom: "EA" } }];
  const hlc = (ms: number) => encodeHlc({ ms, counter: 0 });
  floor.put("stores", "0042", { name: "Lindenplatz", timeZone: "Europe/Berlin", currency: "EUR", pricesIncludeTax: true });
  floor.put("configuration", "receipt.footer", { value: "Bis bald" });
  floor.put("orders", "web:1001", anOrder("1001", { system: "web", status: "picked", due: "1998", promisedAt: "2026-11-21T12:30" }));
  floor.put("orders", "1002", anOrder("1002", { lines: goods, promisedAt: "2026-11-21T16:00" }));
  floor.put("orders", "1003", anOrder("1003", { status: "inProduction", promisedAt: undefined }));
  floor.put("orders", "1004", anOrder("1004", { status: "picked", revision: 3, pickedRevision: 2, conflict: "changed-after-pick" }));
  floor.put("orders", "1005", anOrder("1005", { status: "cancelled", cancelled: true }));
  const tills = [
    { terminal: "till-1", at: hlc(NOW_MS - 7_200_000) },
    { terminal: "till-2", at: hlc(NOW_MS - 3_600_000) },
  ];
  floor.put(
    "orders",
    "1006",
    anOrder("1006", { status: "fulfilled", handOvers: tills, handedOverBy: "till-1", conflict: "handed-over-twice" }),
  );
  return floor;
}

/** What the live screens ask, answered from a floor. `text` marks what others wrote. */
export function scriptFloor(text: <T>(value: T) => T = (value) => value, floor: FakeAgent = openFloor()): ScriptedAgent {
  const relay = async <T>(ask: Promise<T>): Promise<T> => {
    try {
      return await ask;
    } catch (error) {
      throw new Refused(codeOf(error));
    }
  };
  return {
    "reference-pull": (request) => relay(floor.ask("reference-pull", request)),
    "reference-wait": (request) => relay(floor.ask("reference-wait", request)),
    "reference-push": (request) => relay(floor.ask("reference-push", request)),
    "order-steps-here": () => stepsOf(floor),
    "find-products": ({ text: wanted }) => text(productsOf(wanted)),
    "find-members": ({ text: wanted }) => text(membersOf(wanted)),
    devices: () => text(DEVICES),
    "line-history": ({ before = 60, limit }) => text(historyOf(before, limit)),
  };
}

const stepsOf = (floor: FakeAgent): OwnStepsAnswer => ({
  terminalId: "till-1",
  steps: [...floor.steps.values()].map(({ id, status }, at) => ({
    orderId: id,
    status,
    revision: floor.revisionOf(id),
    hlc: encodeHlc({ ms: NOW_MS, counter: at }),
    atMs: NOW_MS,
    knownToCloud: floor.toldToCloud,
    setAsideCode: null,
  })),
});

const PRODUCTS: ProductsAnswer["rows"] = [
  {
    itemId: "4711",
    description: "Olivenöl 0,5 l",
    gtins: ["04006381333931"],
    status: "active",
    uom: "EA",
    department: "12",
    ageRestriction: null,
    price: { amount: "799", currency: "EUR", exponent: 2, kind: "promotion", regular: "999", validUntil: "2026-11-28T20:00" },
    stock: "14",
  },
  {
    itemId: "4712",
    description: "Rum 0,7 l",
    gtins: ["04006381333948"],
    status: "active",
    uom: "EA",
    department: null,
    ageRestriction: 18,
    price: { amount: "1499", currency: "EUR", exponent: 2, kind: "regular", regular: "1499", validUntil: null },
    stock: null,
  },
  {
    itemId: "4713",
    description: "Nussmus (Rückruf)",
    gtins: [],
    status: "blocked",
    uom: "KG",
    department: null,
    ageRestriction: null,
    price: null,
    stock: "2.5",
  },
];

function productsOf(wanted: string): ProductsAnswer {
  const rows = PRODUCTS.filter(({ itemId, gtins, description }) =>
    [itemId, ...gtins.map((gtin) => gtin.replace(/^0/, "")), description.toLowerCase()].some((known) =>
      known.includes(wanted.toLowerCase()),
    ),
  );
  return { rows, more: false, asOfMs: NOW_MS - 120_000 };
}

const membersOf = (wanted: string): MembersAnswer => ({
  rows:
    wanted === "9001234567"
      ? [{ id: "m100000000000000000000", programme: "plus", tier: "gold", customerGroup: null, points: 1_240, state: "active" }]
      : [],
  asOfMs: NOW_MS - 300_000,
});

const DEVICES: DevicesAnswer = {
  devices: [
    { store: "0042", workstation: "1", lastReceiptAt: "2026-11-21T14:04:12", lastCapturedAtMs: NOW_MS - 20_000, source: "pos-export" },
    { store: "0042", workstation: "kiosk", lastReceiptAt: null, lastCapturedAtMs: null, source: "pos-http" },
  ],
};

function historyOf(before: number, limit: number): LineHistoryAnswer {
  const kinds = ["online", "offline", "blocked", "clock", "started", "died", "stopped", "not-enrolled", "woke"] as const;
  const rows = Array.from({ length: Math.min(limit, before - 1) }, (_, i) => {
    const n = before - 1 - i;
    const event = kinds[(59 - n) % kinds.length] ?? "online";
    const code = event === "offline" ? "wire.unreachable" : event === "blocked" ? "auth.revoked" : null;
    return { n, atMs: NOW_MS - (60 - n) * 1_800_000, event, code, lastedMs: n === 59 || event === "woke" ? null : 1_500_000 };
  });
  return { rows, more: before - 1 > limit };
}
