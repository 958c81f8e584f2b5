import { z } from "zod";
import { epochSchema, storeIdSchema, terminalIdSchema } from "../ids.ts";
import { journalHeadSchema } from "../journal/head.ts";
import { BATCH_BYTES_MAX, BATCH_ENTRIES_MAX, HELLO_JOURNALS_MAX, IN_FLIGHT_MAX, VERDICTS_MAX } from "../limits.ts";
import { verdictSchema } from "./verdict.ts";

/** `POST /v1/hello`: how far the terminal's journals go, and the last verdict it has. */
export const helloSchema = z.strictObject({
  versions: z.array(z.number().int()).min(1).max(10),
  terminal: terminalIdSchema,
  agentVersion: z.string().max(40),
  wallMs: z.number().int(),
  journals: z.array(journalHeadSchema).max(HELLO_JOURNALS_MAX),
  verdictsAfter: z.number().int().min(0),
});
export type Hello = z.infer<typeof helloSchema>;

/** What the cloud asks of a sender; the sender keeps to the smaller of this and its own bounds. */
export const sendLimitsSchema = z.strictObject({
  batchEntriesMax: z.number().int().min(1).max(BATCH_ENTRIES_MAX),
  batchBytesMax: z.number().int().min(1).max(BATCH_BYTES_MAX),
  inFlightMax: z.number().int().min(1).max(IN_FLIGHT_MAX),
});
export type SendLimits = z.infer<typeof sendLimitsSchema>;

/** The cloud's head of every journal that was named (sequence 0 and the genesis hash if it has none), and what came meanwhile. */
export const helloAckSchema = z.strictObject({
  version: z.number().int(),
  store: storeIdSchema,
  serverTimeMs: z.number().int(),
  journals: z.array(journalHeadSchema),
  /** The highest epoch of this terminal that the cloud knows; a new one goes past it. Zero: none. */
  maxEpoch: z.union([z.literal(0), epochSchema]),
  limits: sendLimitsSchema,
  verdicts: z.array(verdictSchema).max(VERDICTS_MAX),
  verdictsMore: z.boolean(),
});
export type HelloAck = z.infer<typeof helloAckSchema>;
