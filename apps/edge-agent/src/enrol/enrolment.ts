import { join } from "node:path";
import { base64UrlSchema, enrolResponseSchema, TillsyncError } from "@tillsync/sync-protocol";
import { z } from "zod";
import { readPrivateFile, writePrivateFile } from "../keys/private-file.ts";

/**
 * What enrolment gave this data folder, in `DIR/enrolment.json`. A file and not a row: `enrol` writes it while a running
 * agent holds the database, and the agent finds it within seconds. It holds the retailer's secret, so it is for its owner
 * alone.
 */
const enrolmentSchema = enrolResponseSchema.omit({ serverTimeMs: true }).extend({
  version: z.literal(1),
  /** Of the cloud, as `cloudUrl` spells it. */
  url: z.string().max(2_000),
  caFile: z.string().max(4_096).optional(),
  /** The keys that were enrolled. With other keys in the folder the enrolment is void. */
  identityThumbprint: base64UrlSchema.length(43),
  journalThumbprint: base64UrlSchema.length(43),
  /** SHA-256 of the code, so that the same command again is known for what it is. */
  codeHash: base64UrlSchema.length(43),
});
export type Enrolment = z.infer<typeof enrolmentSchema>;

const pathOf = (dir: string): string => join(dir, "enrolment.json");

/** The folder's enrolment, if it has one. Throws `keys.permissions`, `keys.unreadable`, `config.invalid`. */
export function loadEnrolment(dir: string): Enrolment | undefined {
  const text = readPrivateFile(pathOf(dir));
  if (text === undefined) return undefined;
  const parsed = enrolmentSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  // The issues' paths only: their messages may quote a secret.
  throw new TillsyncError("config.invalid", `${pathOf(dir)}: ${parsed.error.issues[0]?.path.join(".") || "not JSON"}`);
}

/** Whole or not at all, and on disk when it returns. */
export const saveEnrolment = (dir: string, enrolment: Enrolment): void =>
  writePrivateFile(pathOf(dir), `${JSON.stringify(enrolment, undefined, 2)}\n`);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
