import { encodeHlc, orderSteps, type Transaction } from "@tillsync/sync-protocol";
import { hlcAt } from "../journal/hlc-at.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { findStep, insertStep } from "./own-steps.ts";

/** An order's document, by what a receipt calls it. */
export type FindOrder = (orderId: string, system: string | undefined) => { readonly id: string; readonly revision: number } | undefined;

/** A transaction that was just appended. */
export interface Told {
  readonly transaction: Transaction;
  /** Names the receipt; its later revisions tell the same steps. */
  readonly key: string;
  readonly contentHash: Uint8Array;
  readonly epoch: number;
  readonly seq: number;
}

/**
 * Notes the steps of orders that a posted transaction tells of - the pick-up that was paid, a step told as `OrderStatus` -
 * so that the order stands here where the till left it. Call it in the transaction of the entry. What it notes refuses
 * nothing of the receipt itself.
 */
export function noteToldSteps(store: AgentStore, told: Told, findOrder: FindOrder): void {
  orderSteps(told.transaction).forEach(({ orderId, system, status }, i) => {
    const order = findOrder(orderId, system);
    // No slash is in an id of the POS's own: the two never meet.
    const stepId = `receipt:${told.key}:${i}`;
    if (order === undefined || findStep(store, stepId) !== undefined) return;
    const { epoch, seq, contentHash, transaction } = told;
    insertStep(store, {
      stepId,
      contentHash,
      orderId: order.id,
      status,
      lines: transaction.transactionType === "OrderStatus" ? transaction.orderStatus.lines : undefined,
      revision: order.revision,
      hlc: encodeHlc(hlcAt(store, epoch, seq)),
      epoch,
      seq,
      atMs: store.now(),
    });
  });
}
