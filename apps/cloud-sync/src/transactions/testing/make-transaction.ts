import { encodeEntry, type EntryType } from "@tillsync/sync-protocol";

export interface SaleWish {
  readonly store?: string;
  readonly workstation?: string;
  readonly businessDay?: string;
  readonly sequence?: string;
  /** Minor units. */
  readonly grand?: string;
  readonly currency?: string;
  readonly status?: string;
  readonly trainingMode?: true;
  readonly item?: string;
  readonly returnOf?: object;
  readonly transactionType?: "RetailTransaction" | "CustomerOrder";
}

/** A receipt of one line paid in cash, valid as it stands; `extra` overrides any field. */
export function makeSale(wish: SaleWish = {}, extra: object = {}): Record<string, unknown> {
  const grand = wish.grand ?? "1250";
  return {
    schemaVersion: 1,
    transactionType: wish.transactionType ?? "RetailTransaction",
    identity: {
      store: wish.store ?? "9",
      workstation: wish.workstation ?? "31",
      businessDay: wish.businessDay ?? "2026-11-20",
      sequence: wish.sequence ?? "1",
    },
    status: wish.status ?? "completed",
    ...(wish.trainingMode === undefined ? {} : { trainingMode: true }),
    currency: wish.currency ?? "USD",
    exponent: 2,
    lines: [
      {
        line: 1,
        action: wish.returnOf === undefined ? "sale" : "return",
        itemType: "stock",
        itemId: wish.item ?? "apple",
        quantity: { value: wish.returnOf === undefined ? "1" : "-1", uom: "EA" },
        extendedAmount: grand,
        ...(wish.returnOf === undefined ? {} : { returnOf: wish.returnOf }),
      },
    ],
    tenders: [{ line: 2, type: "cash", use: "sale", amount: grand }],
    reported: { grand },
    computed: { lines: grand, adjustments: "0", exclusiveTax: "0", grand, tenders: grand },
    balance: { state: "ok" },
    ...extra,
  };
}

export const makeNoSale = (sequence: string): Record<string, unknown> => ({
  schemaVersion: 1,
  transactionType: "Control",
  identity: { store: "9", workstation: "31", businessDay: "2026-11-20", sequence },
  status: "completed",
  control: { kind: "noSale" },
});

export const capture = { adapter: "poslog@1.0.0", source: { kind: "file", name: "day.xml" } };

/** What a terminal writes: a body by its type, in order; sequence numbers are given when it is appended. */
export interface Draft {
  readonly type: string;
  readonly body: unknown;
}

export const transactionDraft = (transaction: unknown, revision = 1): Draft => ({
  type: "transaction",
  body: { capture, revision, transaction },
});

export const lineOf = (seq: number, draft: Draft): Uint8Array =>
  new TextEncoder().encode(encodeEntry({ seq, hlc: "018f00000000.0000", type: draft.type as EntryType, body: draft.body }));
