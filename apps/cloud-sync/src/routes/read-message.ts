import { TillsyncError } from "@tillsync/sync-protocol";
import type { z } from "zod";

/** A message by its schema. Throws `wire.malformed` naming the first field that is wrong, never its value. */
export function readMessage<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new TillsyncError("wire.malformed", `${issue?.path.join(".") ?? "body"}: ${issue?.code ?? "invalid"}`);
}
