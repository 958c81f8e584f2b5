import type { Socket } from "node:net";
import { TillsyncError } from "@tillsync/sync-protocol";
import { z } from "zod";
import { parseJson, refuseDeepJson } from "../intake/check-json.ts";
import { isWindowMethod } from "../window-api/methods.ts";
import { failureOf, type Door } from "./door.ts";
import { REQUEST_SCHEMAS, type Method } from "./methods.ts";

const envelopeSchema = z.strictObject({ method: z.string().max(40), request: z.unknown() });

/** Methods that answer when there is news; their clients hold a connection meanwhile. */
const WAITING: ReadonlySet<Method> = new Set<Method>(["reference-wait"]);

/**
 * The answer to one request, as JSON: `{result}` or `{error}`. `text` is undefined where its mark was wrong. Nothing is
 * parsed before that is known, nor anything that is nested without end. Never rejects.
 */
export async function answerRequest(text: string | undefined, socket: Socket, gone: AbortSignal, door: Door): Promise<string> {
  try {
    if (text === undefined) throw new TillsyncError("auth.invalid", "request");
    const { method, request } = readEnvelope(text);
    if (!isMethod(method)) throw new TillsyncError("wire.malformed", "method");
    if (door.kind === "staff" && !isWindowMethod(method)) throw new TillsyncError("door.forbidden", method);
    const parsed = REQUEST_SCHEMAS[method].safeParse(request);
    if (!parsed.success) throw new TillsyncError("wire.malformed", parsed.error.issues[0]?.path.join(".") ?? "request");
    if (WAITING.has(method)) door.clients.wait(socket);
    const handler = door.handlers[method] as (request: unknown, gone: AbortSignal) => unknown;
    return JSON.stringify({ result: await handler(parsed.data, gone) });
  } catch (cause) {
    return JSON.stringify(failureOf(cause, door));
  }
}

function readEnvelope(text: string): z.infer<typeof envelopeSchema> {
  try {
    refuseDeepJson(Buffer.from(text), "json");
  } catch (cause) {
    throw new TillsyncError("wire.malformed", "nested too deep", { cause });
  }
  const envelope = envelopeSchema.safeParse(parseJson(text));
  if (!envelope.success) throw new TillsyncError("wire.malformed", envelope.error.issues[0]?.path.join("."));
  return envelope.data;
}

const isMethod = (name: string): name is Method => Object.hasOwn(REQUEST_SCHEMAS, name);
