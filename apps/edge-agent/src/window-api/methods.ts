import {
  checkpointSchema,
  collectionSchema,
  documentPushSchema,
  PULL_DOCUMENTS_MAX,
  pullAnswerSchema,
  streamEventSchema,
  wireDocumentSchema,
} from "@tillsync/sync-protocol";
import { z } from "zod";
import {
  bundleAnswerSchema,
  doctorAnswerSchema,
  HISTORY_ROWS_MAX,
  lineHistoryAnswerSchema,
  NOTE_CHARS_MAX,
  PAUSE_MAX_MS,
  REASON_CHARS_MAX,
  SET_ASIDE_IDS_MAX,
} from "./care.ts";
import { businessDaySchema, dayAnswerSchema, devicesAnswerSchema } from "./day.ts";
import { lookUpRequestSchema, membersAnswerSchema, productsAnswerSchema } from "./look-up.ts";
import { ownStepsAnswerSchema } from "./own-steps.ts";
import { handedAnswerSchema, retryAnswerSchema, setAsideFullSchema, setAsideRowSchema } from "./set-aside.ts";
import { snapshotSchema } from "./snapshot.ts";

/** A window asks again after this; less than what any proxy or sleeping laptop would cut. */
export const WINDOW_WAIT_MAX_MS = 30_000;

const nothing = z.strictObject({});
const ids = z.array(z.number().int()).min(1).max(SET_ASIDE_IDS_MAX);
const SHORT_MS = 10_000;

/**
 * All that a window may ask of the agent: reading, and a few verbs that staff need. No paths, no configuration, no
 * secrets: whoever takes over a window's page can do no more than whoever stands at the till. `deadlineMs` is how long
 * the one who asks waits.
 */
export const WINDOW_METHODS = {
  snapshot: { request: nothing, answer: snapshotSchema, deadlineMs: SHORT_MS },
  day: { request: z.strictObject({ businessDay: businessDaySchema.optional() }), answer: dayAnswerSchema, deadlineMs: SHORT_MS },
  devices: { request: nothing, answer: devicesAnswerSchema, deadlineMs: SHORT_MS },
  "set-aside-list": { request: z.strictObject({ all: z.boolean() }), answer: z.array(setAsideRowSchema), deadlineMs: SHORT_MS },
  "set-aside-show": { request: z.strictObject({ id: z.number().int() }), answer: setAsideFullSchema, deadlineMs: SHORT_MS },
  /** With the configuration in force: a window brings none of its own. */
  "set-aside-try-again": { request: z.strictObject({ ids }), answer: retryAnswerSchema, deadlineMs: 600_000 },
  "set-aside-hand-to-it": {
    request: z.strictObject({ ids, note: z.string().trim().max(NOTE_CHARS_MAX) }),
    answer: handedAnswerSchema,
    deadlineMs: 30_000,
  },
  /** The cloud's replication of reference data, served on to windows: pull, stream (as a long poll) and push. */
  "reference-pull": {
    request: z.strictObject({
      collection: collectionSchema,
      checkpoint: checkpointSchema,
      limit: z.number().int().min(1).max(PULL_DOCUMENTS_MAX),
    }),
    answer: pullAnswerSchema,
    deadlineMs: 30_000,
  },
  "reference-wait": {
    request: z.strictObject({
      checkpoints: z.partialRecord(collectionSchema, checkpointSchema),
      waitMs: z.number().int().min(0).max(WINDOW_WAIT_MAX_MS),
    }),
    answer: z.strictObject({ events: z.array(streamEventSchema).readonly() }),
    deadlineMs: WINDOW_WAIT_MAX_MS + 10_000,
  },
  /** Answers the state of each document whose row was not taken. */
  "reference-push": {
    request: z.strictObject({ collection: collectionSchema, rows: documentPushSchema }),
    answer: z.array(wireDocumentSchema),
    deadlineMs: 30_000,
  },
  /** Steps of orders taken here: what the cloud's documents may not say yet. */
  "order-steps-here": { request: nothing, answer: ownStepsAnswerSchema, deadlineMs: SHORT_MS },
  "find-products": { request: lookUpRequestSchema, answer: productsAnswerSchema, deadlineMs: SHORT_MS },
  "find-members": { request: lookUpRequestSchema, answer: membersAnswerSchema, deadlineMs: SHORT_MS },
  "line-history": {
    /** Rows older than row `before`. */
    request: z.strictObject({ before: z.number().int().optional(), limit: z.number().int().min(1).max(HISTORY_ROWS_MAX) }),
    answer: lineHistoryAnswerSchema,
    deadlineMs: SHORT_MS,
  },
  doctor: { request: nothing, answer: doctorAnswerSchema, deadlineMs: 60_000 },
  "support-bundle": { request: nothing, answer: bundleAnswerSchema, deadlineMs: 60_000 },
  /** Stops the reading of sources until `resume` or `forMs` from now, whatever restarts. Sales over HTTP are still taken. */
  pause: {
    request: z.strictObject({
      forMs: z.number().int().min(60_000).max(PAUSE_MAX_MS),
      reason: z.string().trim().min(1).max(REASON_CHARS_MAX),
    }),
    answer: snapshotSchema.pick({ pause: true }),
    deadlineMs: SHORT_MS,
  },
  resume: { request: nothing, answer: snapshotSchema.pick({ pause: true }), deadlineMs: SHORT_MS },
} as const;

export type WindowMethod = keyof typeof WINDOW_METHODS;
/** What a caller gives; defaults are filled in by the agent. */
export type WindowRequest<M extends WindowMethod> = z.input<(typeof WINDOW_METHODS)[M]["request"]>;
export type WindowAnswer<M extends WindowMethod> = z.infer<(typeof WINDOW_METHODS)[M]["answer"]>;

/** How a window reaches its agent: through Electron's bridge or the local web page. Rejects with `AskError`. */
export interface AgentPort {
  ask<M extends WindowMethod>(method: M, request: WindowRequest<M>): Promise<WindowAnswer<M>>;
}

export const isWindowMethod = (name: string): name is WindowMethod => Object.hasOwn(WINDOW_METHODS, name);

/** What both bridges bring back: a result, or an error of the catalogue. `wire.unreachable`: no agent runs. */
export const bridgeAnswerSchema = z.union([
  z.strictObject({ result: z.unknown() }),
  z.strictObject({ error: z.strictObject({ code: z.string(), detail: z.string().optional() }) }),
]);
export type BridgeAnswer = z.infer<typeof bridgeAnswerSchema>;
