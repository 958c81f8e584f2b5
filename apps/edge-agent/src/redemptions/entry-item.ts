import { hash } from "node:crypto";
import {
  transactionSchema,
  TRANSACTION_SCHEMA_VERSION,
  type Capture,
  type RedemptionId,
  type StoredValue,
  type TerminalId,
} from "@tillsync/sync-protocol";
import type { AppendItem } from "../journal/append-many.ts";

/** Who writes these entries. No adapter has this name: a file cannot tell of redemptions. */
const CAPTURE: Capture = { adapter: "redemptions@1.0.0", source: { kind: "http", name: "redemptions" } };

/** Digits of a hash in the sequence: 132 bits, and the whole stays within a sequence's 40 characters. */
const ID_DIGITS = 22;
const LETTERS = { redeemed: "u", refunded: "r", returned: "b", toppedUp: "t" } as const;

export interface EntryPlace {
  readonly store: string;
  readonly workstation: string;
  readonly businessDay: string;
}

/**
 * The journal's entry of something that happened to an account. Its identity is made of the terminal, its life and the
 * call's id: two tills that call themselves alike, or count their calls alike, never write the same receipt.
 */
export function entryItem(
  terminal: TerminalId,
  place: EntryPlace,
  value: Omit<StoredValue, "redemptionId"> & { redemptionId: RedemptionId },
): AppendItem {
  const digest = hash("sha256", `${terminal}\n${value.redemptionId}`, "base64url").slice(0, ID_DIGITS);
  const transaction = transactionSchema.parse({
    transactionType: "StoredValue",
    schemaVersion: TRANSACTION_SCHEMA_VERSION,
    identity: { ...place, sequence: `sv.${value.epoch}.${LETTERS[value.kind]}${digest}` },
    status: "completed",
    storedValue: value,
  });
  return { transaction, capture: CAPTURE };
}
