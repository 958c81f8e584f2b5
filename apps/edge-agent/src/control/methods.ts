import { redemptionIdSchema } from "@tillsync/sync-protocol";
import { z } from "zod";
import type { CaptureReport } from "../capture/capture-paths.ts";
import type { RetryReport } from "../capture/retry-set-aside.ts";
import type { AgentStatus } from "../health/status.ts";
import type { CancelOutcome, OpenReservation } from "../redemptions/outcomes.ts";
import type { UpdatesStatus } from "../updates/start-updates.ts";
import { WINDOW_METHODS, type WindowAnswer, type WindowMethod } from "../window-api/methods.ts";

/** What only the owner of the data folder may ask: these name paths and configuration, or end the agent. */
const OWNER_SCHEMAS = {
  status: z.strictObject({}),
  capture: z.strictObject({
    adapter: z.string().max(100),
    config: z.unknown().optional(),
    paths: z.array(z.string().min(1).max(4_096)).max(100_000),
    fileBytesMax: z.number().int().min(1).optional(),
  }),
  "set-aside-retry": z.strictObject({ ids: z.array(z.number().int()).max(100_000), config: z.unknown().optional() }),
  "redemptions-list": z.strictObject({}),
  "redemptions-cancel": z.strictObject({ id: redemptionIdSchema }),
  "updates-status": z.strictObject({}),
  "updates-check": z.strictObject({}),
  "updates-decline": z.strictObject({}),
  stop: z.strictObject({}),
} as const;

interface OwnerAnswers {
  status: AgentStatus;
  capture: CaptureReport;
  "set-aside-retry": RetryReport;
  "redemptions-list": OpenReservation[];
  "redemptions-cancel": CancelOutcome;
  "updates-status": UpdatesStatus;
  "updates-check": UpdatesStatus;
  "updates-decline": UpdatesStatus;
  stop: { stopping: true };
}

type OwnerMethod = keyof typeof OWNER_SCHEMAS;
export type Method = OwnerMethod | WindowMethod;

const windowSchemas = Object.fromEntries(Object.entries(WINDOW_METHODS).map(([name, { request }]) => [name, request])) as {
  readonly [M in WindowMethod]: (typeof WINDOW_METHODS)[M]["request"];
};

/** What a request of each method holds. The socket is a boundary: the agent reads nothing unparsed. */
export const REQUEST_SCHEMAS = { ...OWNER_SCHEMAS, ...windowSchemas };

/** What a caller gives, and what the agent reads once defaults are filled in. */
export type Request<M extends Method> = z.input<(typeof REQUEST_SCHEMAS)[M]>;
export type ReadRequest<M extends Method> = z.output<(typeof REQUEST_SCHEMAS)[M]>;

/** What each method answers. */
export type Answer<M extends Method> = M extends OwnerMethod ? OwnerAnswers[M] : M extends WindowMethod ? WindowAnswer<M> : never;

/** One function per method: what a running agent lends to its windows and commands. `gone` aborts when who asked has left. */
export type Handlers = { readonly [M in Method]: (request: ReadRequest<M>, gone?: AbortSignal) => Promise<Answer<M>> | Answer<M> };
export type WindowHandlers = Pick<Handlers, WindowMethod>;
