import { documentIdSchema, hlcSchema, orderStatuses } from "@tillsync/sync-protocol";
import { z } from "zod";

/** The last ones: older steps are in the cloud's documents for long. */
export const OWN_STEPS_MAX = 200;

/** A step of an order that was taken at this terminal: it is in the journal, on disk. */
const ownStepSchema = z.object({
  /** Id of the order's document. */
  orderId: documentIdSchema,
  status: z.enum(orderStatuses),
  /** The order's revision that staff had before them. */
  revision: z.number().int(),
  hlc: hlcSchema,
  atMs: z.number().int(),
  /** Head office has it. What it made of it comes with the order's document. */
  knownToCloud: z.boolean(),
  /** Under which code head office has set it aside; null: it has not. */
  setAsideCode: z.string().nullable(),
});
export type OwnStepShown = z.infer<typeof ownStepSchema>;

/** The last steps taken here, the latest first. `terminalId` null: not enrolled. */
export const ownStepsAnswerSchema = z.object({ terminalId: z.string().nullable(), steps: z.array(ownStepSchema).max(OWN_STEPS_MAX) });
export type OwnStepsAnswer = z.infer<typeof ownStepsAnswerSchema>;
