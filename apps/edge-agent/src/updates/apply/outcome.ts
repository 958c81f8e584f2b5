import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { sha256Schema } from "../trust/release.ts";
import { versionSchema } from "../trust/version.ts";

/** A small document of ours; what is longer is another's. */
const TEXT_BYTES_MAX = 16 * 1024;

/**
 * What the root job tells the agent, in a folder that only root writes to: how far the update of that hash is. It stays
 * there until the next one; hearing it twice changes nothing.
 */
export const outcomeSchema = z.strictObject({
  sha256: sha256Schema,
  version: versionSchema,
  result: z.enum(["installing", "committed", "reverted", "refused", "stuck"]),
  code: z.string().max(100).nullable(),
  atMs: z.number(),
});
export const outcomeFile = (stateFolder: string): string => join(stateFolder, "outcome.json");
export type ToldOutcome = z.infer<typeof outcomeSchema>;

/** What the agent tells the root job: which update, and until when it may begin. */
export const armedSchema = z.strictObject({ sha256: sha256Schema, version: versionSchema, untilMs: z.number() });

/** A small JSON file of the other side, or undefined: never a link, a pipe, a second name of another file, or without end. */
export function readTold<T>(path: string, schema: z.ZodType<T>): T | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    const stat = fstatSync(file);
    if (!stat.isFile() || stat.nlink !== 1 || stat.size > TEXT_BYTES_MAX) return undefined;
    const bytes = Buffer.alloc(TEXT_BYTES_MAX);
    const read = readSync(file, bytes, 0, bytes.length, 0);
    return schema.safeParse(JSON.parse(bytes.subarray(0, read).toString("utf8"))).data;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
