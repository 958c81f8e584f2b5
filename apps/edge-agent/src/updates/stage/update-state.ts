import { z } from "zod";
import { releaseSchema, sha256Schema } from "../trust/release.ts";
import { versionSchema } from "../trust/version.ts";

const ms = z.number();
/** A release that was proven once, with its signed text in base64: whoever installs it proves it again. */
const offer = { release: releaseSchema, envelope: z.base64() } as const;

/**
 * none -> downloading -> staged <-> armed -> installing -> none, with the outcome in `last`. `armed`: the root job may
 * install until then. `installing`: it is at work, or the new version is on probation.
 */
const phaseSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  z.strictObject({ kind: z.literal("downloading"), ...offer }),
  z.strictObject({ kind: z.literal("staged"), ...offer, sinceMs: ms }),
  z.strictObject({ kind: z.literal("armed"), ...offer, sinceMs: ms, untilMs: ms }),
  z.strictObject({ kind: z.literal("installing"), ...offer, sinceMs: ms }),
]);
export type Phase = z.infer<typeof phaseSchema>;

export const endings = ["committed", "reverted", "refused", "stuck", "declined"] as const;

export const updateStateSchema = z.strictObject({
  phase: phaseSchema,
  /** How the last update ended. */
  last: z
    .strictObject({ ending: z.enum(endings), version: versionSchema, sha256: sha256Schema, code: z.string().nullable(), atMs: ms })
    .nullable(),
  check: z.strictObject({ atMs: ms.nullable(), code: z.string().nullable(), failures: z.number().int() }),
  /** Neither ever goes down. */
  floor: z.strictObject({ version: versionSchema, ms }),
});
export type UpdateState = z.infer<typeof updateStateSchema>;

export const emptyState = (version: string): UpdateState => ({
  phase: { kind: "none" },
  last: null,
  check: { atMs: null, code: null, failures: 0 },
  floor: { version, ms: 0 },
});
