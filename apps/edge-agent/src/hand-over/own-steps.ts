import { orderStatusSchema, type HlcText, type OrderStatus } from "@tillsync/sync-protocol";
import { ackedHead } from "../journal/acknowledge.ts";
import { CLOUD } from "../replicator/replica-journal.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";
import type { StepRequest } from "./step-request.ts";

/** A step that was taken here. */
export interface OwnStep {
  readonly stepId: string;
  readonly contentHash: Uint8Array;
  /** Id of the order's document. */
  readonly orderId: string;
  readonly status: OrderStatus;
  readonly lines: StepRequest["lines"];
  readonly revision: number;
  readonly hlc: HlcText;
  readonly epoch: number;
  readonly seq: number;
  readonly atMs: number;
}

type Row = Omit<OwnStep, "lines"> & { readonly lines: string | null };

/** By then the cloud's document has said it for long; the entry itself and its receipt are kept as every other's. */
const KEPT_MS = 120 * 86_400_000;

const COLUMNS = sql`step_id AS stepId, content_hash AS contentHash, order_id AS orderId, status, lines, revision, hlc, epoch, seq, at_ms AS atMs`;

export const findStep = (store: AgentStore, stepId: string): OwnStep | undefined =>
  store.prepare<[string], Row>(`SELECT ${COLUMNS} FROM order_step WHERE step_id = ?`).all(stepId).map(toStep)[0];

/** Steps of an order taken here, in their order. */
export const stepsOf = (store: AgentStore, orderId: string): OwnStep[] =>
  store.prepare<[string], Row>(`SELECT ${COLUMNS} FROM order_step WHERE order_id = ? ORDER BY epoch, seq`).all(orderId).map(toStep);

/** The last steps that were taken here, the latest first. */
export const lastSteps = (store: AgentStore, limit: number): OwnStep[] =>
  store
    .prepare<[number], Row>(`SELECT ${COLUMNS} FROM order_step ORDER BY at_ms DESC, epoch DESC, seq DESC LIMIT ?`)
    .all(limit)
    .map(toStep);

/** Ids of orders that were moved to a status here, those of the last steps first. */
export const ordersMovedTo = (store: AgentStore, status: OrderStatus, limit: number): string[] =>
  store
    .prepare<[string, number], { orderId: string }>(
      sql`SELECT order_id AS orderId FROM order_step WHERE status = ? GROUP BY order_id ORDER BY max(at_ms) DESC LIMIT ?`,
    )
    .all(status, limit)
    .map(({ orderId }) => orderId);

/** Call it in the transaction of the step's entry. */
export function insertStep(store: AgentStore, step: OwnStep): void {
  store.prepare(sql`DELETE FROM order_step WHERE at_ms < ?`).run(step.atMs - KEPT_MS);
  store
    .prepare(
      sql`INSERT INTO order_step (step_id, content_hash, order_id, status, lines, revision, hlc, epoch, seq, at_ms)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      step.stepId,
      step.contentHash,
      step.orderId,
      step.status,
      step.lines === undefined ? null : JSON.stringify(step.lines),
      step.revision,
      step.hlc,
      step.epoch,
      step.seq,
      step.atMs,
    );
}

/** The cloud has the step's entry. */
export const isToldToCloud = (store: AgentStore, { epoch, seq }: OwnStep): boolean => (ackedHead(store, CLOUD, epoch)?.seq ?? 0) >= seq;

/** Under which code the cloud has set the step's entry aside, if it has. */
export const setAsideByCloud = (store: AgentStore, { epoch, seq }: OwnStep): string | undefined => {
  const last = store
    .prepare<[number, number], { kind: string; code: string | null }>(
      sql`SELECT kind, code FROM verdict WHERE epoch = ? AND seq = ? ORDER BY n DESC LIMIT 1`,
    )
    .get(epoch, seq);
  return last?.kind === "set-aside" ? (last.code ?? "entry.invalid") : undefined;
};

const toStep = ({ lines, ...row }: Row): OwnStep => ({
  ...row,
  lines: lines === null ? undefined : orderStatusSchema.shape.lines.parse(JSON.parse(lines)),
});
