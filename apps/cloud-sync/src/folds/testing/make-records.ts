import { makeSale, transactionDraft, type Draft } from "../../transactions/testing/make-transaction.ts";

const identity = (sequence: string): object => ({ store: "9", workstation: "31", businessDay: "2026-11-20", sequence });

/** A receipt of some items, by how many of each: negative ones come back. */
export function saleDraft(sequence: string, items: Readonly<Record<string, string>>, more: object = {}, revision = 1): Draft {
  const lines = Object.entries(items).map(([itemId, value], i) => ({
    line: i + 1,
    action: value.startsWith("-") ? "return" : "sale",
    itemType: "stock",
    itemId,
    quantity: { value, uom: "EA" },
    extendedAmount: "0",
  }));
  return transactionDraft(makeSale({ sequence }, { lines, ...more }), revision);
}

/** A post-void of the receipt of that sequence. */
export const voidDraft = (sequence: string, of: string): Draft => saleDraft(sequence, {}, { status: "postVoided", voids: identity(of) });

export const inventoryDraft = (sequence: string, kind: string, items: Readonly<Record<string, string>>, uom = "EA", revision = 1): Draft =>
  transactionDraft(
    {
      schemaVersion: 1,
      transactionType: "Inventory",
      identity: identity(sequence),
      status: "completed",
      inventory: { kind, items: Object.entries(items).map(([itemId, value]) => ({ itemId, quantity: { value, uom } })) },
    },
    revision,
  );

export const memberDraft = (sequence: string, change: object): Draft =>
  transactionDraft({
    schemaVersion: 1,
    transactionType: "MemberChange",
    identity: identity(sequence),
    status: "completed",
    memberChange: { memberRef: "abcdefghijklmnopqrstuv", kind: "updated", ...change },
  });
