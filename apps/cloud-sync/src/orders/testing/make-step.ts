import type { OrderStatus } from "@tillsync/sync-protocol";
import { transactionDraft, type Draft } from "../../transactions/testing/make-transaction.ts";

export interface StepWish {
  readonly status: OrderStatus;
  readonly sequence: string;
  readonly orderId?: string;
  readonly system?: string;
  readonly revision?: number;
  readonly tracking?: string;
  /** Overrides any field of the record. */
  readonly record?: object;
}

/** A step of an order as a terminal writes it, valid as it stands. */
export const stepDraft = ({ status, sequence, orderId = "4711", system, revision, tracking, record }: StepWish): Draft =>
  transactionDraft(
    {
      schemaVersion: 1,
      transactionType: "OrderStatus",
      identity: { store: "9", workstation: "31", businessDay: "2026-11-20", sequence },
      status: "completed",
      orderStatus: {
        orderId,
        ...(system === undefined ? {} : { system }),
        status,
        ...(tracking === undefined ? {} : { tracking }),
        at: { local: "2026-11-20T11:20:00", quality: "local" },
      },
      ...record,
    },
    revision,
  );
