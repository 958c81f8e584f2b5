import { hash } from "node:crypto";
import {
  assert,
  encodeHlc,
  posTimeSchema,
  TillsyncError,
  transactionSchema,
  TRANSACTION_SCHEMA_VERSION,
  type HandOverOrder,
  type PosTime,
  type StoreId,
  type TerminalId,
} from "@tillsync/sync-protocol";
import type { CaptureDeps } from "../capture/capture-file.ts";
import { appendMany, type AppendItem } from "../journal/append-many.ts";
import { sha256 } from "../journal/hash.ts";
import { hlcAt } from "../journal/hlc-at.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { judgeStep } from "./judge-step.ts";
import { findStep, insertStep, stepsOf, type OwnStep } from "./own-steps.ts";
import { standHere } from "./stand-here.ts";
import type { StepRequest } from "./step-request.ts";

export interface HandOverDeps extends CaptureDeps {
  /** Who this terminal is; undefined until it is enrolled. */
  readonly terminal: () => { readonly terminal: TerminalId; readonly store: StoreId } | undefined;
}

export interface TakenStep {
  /** `written`: in the journal and on disk. `repeated`: it was, under this id; nothing was written. */
  readonly outcome: "written" | "repeated";
  readonly step: OwnStep;
  /** The order with the step. */
  readonly order: HandOverOrder;
}

/** Who writes these entries. */
const ADAPTER = "hand-over@1.0.0";

/**
 * Takes a step of an order at this till: judged by what is known here, written to the journal, on disk when this returns.
 * `order` is what the cloud last told of it. The same `stepId` with the same content changes nothing. Throws
 * `order.step-refused`, `order.changed`, `order.step-differs`, `enrol.required`, `store.*`; then nothing was written.
 */
export function takeStep(deps: HandOverDeps, order: HandOverOrder, request: StepRequest): TakenStep {
  const { store } = deps;
  const enrolled = deps.terminal();
  if (enrolled === undefined) throw new TillsyncError("enrol.required");
  const known = findTold(store, order.id, request);
  const steps = stepsOf(store, order.id);
  const here = standHere(order, steps, enrolled.terminal);
  if (known !== undefined) return { outcome: "repeated", step: known, order: here };
  const verdict = judgeStep(here, steps, request);
  if (!verdict.may) throw new TillsyncError(verdict.code, verdict.reason);
  const contentHash = hashOf(order.id, request);
  const step = deps.guard.run(() => write(store, enrolled, { id: order.id, order: here, request, contentHash }));
  return { outcome: "written", step, order: standHere(order, [...steps, step], enrolled.terminal) };
}

/**
 * The step of this id, if it was taken before: also after its order was handed over and the cloud has taken it off the
 * list. `orderId` undefined: whatever order it was of. Throws `order.step-differs`.
 */
export function findTold(store: AgentStore, orderId: string | undefined, request: StepRequest): OwnStep | undefined {
  const known = findStep(store, request.stepId);
  if (known === undefined) return undefined;
  if (!hashOf(orderId ?? known.orderId, request).equals(known.contentHash)) throw new TillsyncError("order.step-differs", request.stepId);
  return known;
}

const hashOf = (orderId: string, request: StepRequest): Buffer => sha256(JSON.stringify([orderId, request]));

interface Writing {
  readonly id: string;
  readonly order: HandOverOrder;
  readonly request: StepRequest;
  readonly contentHash: Uint8Array;
}

function write(store: AgentStore, enrolled: { terminal: TerminalId; store: StoreId }, writing: Writing): OwnStep {
  const { id, order, request, contentHash } = writing;
  const nowMs = store.now();
  let step: OwnStep | undefined;
  appendMany(store, [entryOf(enrolled, order, request, nowMs)], {
    alongside: ([outcome]) => {
      assert(outcome?.kind === "appended" && outcome.revision === 1, "a step is written once");
      const { epoch, seq } = outcome;
      const { stepId, status, lines } = request;
      const hlc = encodeHlc(hlcAt(store, epoch, seq));
      step = { stepId, contentHash, orderId: id, status, lines, revision: order.revision, hlc, epoch, seq, atMs: nowMs };
      insertStep(store, step);
    },
  });
  assert(step !== undefined, "the step was written");
  return step;
}

/** Digits of a hash in the sequence: 132 bits, so that tills that count their steps alike never write the same receipt. */
const ID_DIGITS = 22;

function entryOf(
  enrolled: { terminal: TerminalId; store: StoreId },
  order: HandOverOrder,
  request: StepRequest,
  nowMs: number,
): AppendItem {
  const { stepId, status, lines, carrier, tracking, reason, operatorId, place } = request;
  const at = localTime(nowMs);
  const digest = hash("sha256", `${enrolled.terminal}\n${stepId}`, "base64url").slice(0, ID_DIGITS);
  const transaction = transactionSchema.parse({
    transactionType: "OrderStatus",
    schemaVersion: TRANSACTION_SCHEMA_VERSION,
    identity: {
      store: place?.store ?? enrolled.store,
      workstation: place?.workstation ?? enrolled.terminal,
      businessDay: place?.businessDay ?? at.local.slice(0, 10),
      sequence: `os.${digest}`,
    },
    status: "completed",
    operatorId,
    orderStatus: { orderId: order.orderId, system: order.system, status, lines, carrier, tracking, reason, at },
  });
  return { transaction, capture: { adapter: ADAPTER, source: { kind: "http", name: "hand-over" } } };
}

/** By this machine's clock and zone. */
function localTime(nowMs: number): PosTime {
  const offsetMinutes = -new Date(nowMs).getTimezoneOffset();
  const [sign, size] = [offsetMinutes < 0 ? "-" : "+", Math.abs(offsetMinutes)];
  const two = (n: number): string => String(n).padStart(2, "0");
  return posTimeSchema.parse({
    local: new Date(nowMs + offsetMinutes * 60_000).toISOString().slice(0, 19),
    offset: `${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`,
    utc: new Date(nowMs).toISOString(),
    quality: "stated",
  });
}
