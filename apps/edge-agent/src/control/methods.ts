import {
  checkpointSchema,
  collectionSchema,
  documentPushSchema,
  PULL_DOCUMENTS_MAX,
  redemptionIdSchema,
  type PullAnswer,
  type StreamEvent,
  type WireDocument,
} from "@tillsync/sync-protocol";
import { z } from "zod";
import type { CaptureReport } from "../capture/capture-paths.ts";
import type { RetryReport } from "../capture/retry-set-aside.ts";
import type { SetAsideFull, SetAsideRow } from "../capture/list-set-aside.ts";
import type { AgentStatus } from "../health/status.ts";
import type { CancelOutcome, OpenReservation } from "../redemptions/outcomes.ts";
import { WINDOW_WAIT_MAX_MS } from "../reference/window/wait-for-window.ts";

/** What a request of each method holds. The socket is a boundary: the agent reads nothing unparsed. */
export const REQUEST_SCHEMAS = {
  status: z.strictObject({}),
  capture: z.strictObject({
    adapter: z.string().max(100),
    config: z.unknown().optional(),
    paths: z.array(z.string().min(1).max(4_096)).max(100_000),
    fileBytesMax: z.number().int().min(1).optional(),
  }),
  "set-aside-list": z.strictObject({ all: z.boolean() }),
  "set-aside-show": z.strictObject({ id: z.number().int() }),
  "set-aside-retry": z.strictObject({ ids: z.array(z.number().int()).max(100_000), config: z.unknown().optional() }),
  /** The cloud's replication of reference data, served on to windows: pull, stream (as a long poll) and push. */
  "reference-pull": z.strictObject({
    collection: collectionSchema,
    checkpoint: checkpointSchema,
    limit: z.number().int().min(1).max(PULL_DOCUMENTS_MAX),
  }),
  "reference-wait": z.strictObject({
    checkpoints: z.partialRecord(collectionSchema, checkpointSchema),
    waitMs: z.number().int().min(0).max(WINDOW_WAIT_MAX_MS),
  }),
  "reference-push": z.strictObject({ collection: collectionSchema, rows: documentPushSchema }),
  "redemptions-list": z.strictObject({}),
  "redemptions-cancel": z.strictObject({ id: redemptionIdSchema }),
  stop: z.strictObject({}),
} as const;

export type Method = keyof typeof REQUEST_SCHEMAS;
export type Request<M extends Method> = z.infer<(typeof REQUEST_SCHEMAS)[M]>;

/** What each method answers. */
export interface Answers {
  status: AgentStatus;
  capture: CaptureReport;
  "set-aside-list": SetAsideRow[];
  "set-aside-show": SetAsideFull;
  "set-aside-retry": RetryReport;
  "reference-pull": PullAnswer;
  "reference-wait": { readonly events: readonly StreamEvent[] };
  /** The state of each document whose row was not taken. */
  "reference-push": WireDocument[];
  "redemptions-list": OpenReservation[];
  "redemptions-cancel": CancelOutcome;
  stop: { stopping: true };
}

/** One function per method: what a running agent lends to its windows. */
export type Handlers = { readonly [M in Method]: (request: Request<M>) => Promise<Answers[M]> | Answers[M] };
