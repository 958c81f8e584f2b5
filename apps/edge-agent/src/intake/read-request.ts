import { TillsyncError } from "@tillsync/sync-protocol";
import type { FastifyInstance } from "fastify";
import { z, type ZodType } from "zod";
import { parseJson, refuseDeepJson, refusePrototypeKeys } from "./check-json.ts";

/** A body as it came, with the form that its media type names. */
export interface RawBody {
  readonly form: "json" | "ndjson";
  readonly bytes: Buffer;
}

const FORMS = { "application/json": "json", "application/x-ndjson": "ndjson" } as const;

/** JSON and lines of JSON are read, as bytes; every other media type - those that a page may send unasked among them - is 415. */
export function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  for (const [type, form] of Object.entries(FORMS))
    app.addContentTypeParser(type, { parseAs: "buffer" }, (_request, bytes, done) => done(null, { form, bytes: Buffer.from(bytes) }));
}

/** The body of a route that must have one. Throws `wire.media-type`. */
export function bodyOf(body: unknown): RawBody {
  if (body === undefined || body === null) throw new TillsyncError("wire.media-type", "a JSON body is needed");
  return body as RawBody;
}

/** Reads a small JSON body. Throws `wire.media-type`, `intake.invalid` naming the field. */
export function readBody<T>(schema: ZodType<T>, body: unknown): T {
  const { form, bytes } = bodyOf(body);
  if (form !== "json") throw new TillsyncError("wire.media-type", "application/json");
  refuseDeepJson(bytes, form);
  const text = bytes.toString("utf8");
  refusePrototypeKeys(text, form);
  return parse(schema, parseJson(text), "body");
}

/** Reads a path's or query's parameters. Throws `intake.invalid` naming the one that is wrong, never its value. */
export const readParams = <T>(schema: ZodType<T>, params: unknown): T => parse(schema, params, "parameters");

function parse<T>(schema: ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new TillsyncError("intake.invalid", `${issue?.path.map(String).join(".") || what}: ${describe(issue)}`);
}

/** Zod's own words, but for unknown fields: their names come from outside. */
const describe = (issue: z.core.$ZodIssue | undefined): string =>
  issue?.code === "unrecognized_keys" ? "has fields that are not known" : (issue?.message ?? "invalid");
