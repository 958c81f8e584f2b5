import { z } from "zod";
import type { JsonAnswer, JsonLine, NoAnswer } from "../http/json-line.ts";

/** A GraphQL document with one operation, and what its data looks like. */
export interface Operation<Data> {
  readonly name: string;
  readonly text: string;
  readonly data: z.ZodType<Data>;
}

/**
 * What came of one operation. `duplicate`: a unique field of Vendure's database refused it, and nothing of it stays.
 * `refused`: for good, for what the item holds. Refusals that are part of the schema (`errorCode`) are data.
 */
export type Asked<Data> =
  | { readonly kind: "data"; readonly data: Data }
  | { readonly kind: "duplicate" }
  | { readonly kind: "refused"; readonly detail: string }
  | NoAnswer;

/** Asks Vendure's Admin API once. */
export type Ask = <Data>(operation: Operation<Data>, variables: Readonly<Record<string, unknown>>) => Promise<Asked<Data>>;

const envelope = z.object({
  data: z.unknown().optional(),
  errors: z
    .array(z.object({ message: z.string(), extensions: z.object({ code: z.string().optional() }).optional() }))
    .min(1)
    .optional(),
});

/** A wrong address answers so, whatever is asked. */
const NO_API = new Set([404, 405, 410]);
/** Vendure answers these at status 200 when the key or its rights are wrong. */
const NO_RIGHTS = new Set(["FORBIDDEN", "UNAUTHORIZED", "CHANNEL_NOT_FOUND", "NO_VALID_CHANNEL_SPECIFIED"]);
/** Vendure does not know a field that we name: its custom fields are not set up, or it is another version. */
const NO_FIELD = new Set(["GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED"]);
/** For what the item holds: a customer that is not there, a number out of range. */
const BAD_ITEM = new Set(["BAD_USER_INPUT", "USER_INPUT_ERROR", "ILLEGAL_OPERATION"]);
const UNIQUE = /unique constraint|duplicate (key|entry)/i;
const DETAIL_CHARS_MAX = 200;

/** Speaks GraphQL over a line whose address is the Admin API's. */
export const openAsk =
  (line: JsonLine): Ask =>
  async (operation, variables) => {
    const body = { operationName: operation.name, query: operation.text, variables };
    const result = await line.call({ method: "POST", path: "", body });
    return result.kind === "answer" ? readAnswer(operation, result.answer) : result;
  };

/** Vendure's three shapes of errors: in `errors` at status 200 or 400, and in the data as a member of a union. */
export function readAnswer<Data>(operation: Operation<Data>, { status, json }: JsonAnswer): Asked<Data> {
  if (NO_API.has(status)) return { kind: "set-up", detail: `status ${status}: no Admin API at this address` };
  const parsed = envelope.safeParse(json);
  const [error] = parsed.data?.errors ?? [];
  if (error !== undefined) return judgeError(error.extensions?.code, error.message);
  if (status >= 400) return { kind: "refused", detail: `status ${status}` };
  const data = operation.data.safeParse(parsed.data?.data);
  return data.success ? { kind: "data", data: data.data } : { kind: "uncertain", detail: `${operation.name}: an answer of another shape` };
}

function judgeError(code: string | undefined, message: string): Exclude<Asked<never>, { kind: "data" }> {
  const detail = `${code ?? "error"}: ${message.slice(0, DETAIL_CHARS_MAX)}`;
  if (UNIQUE.test(message)) return { kind: "duplicate" };
  if (code !== undefined && NO_RIGHTS.has(code)) return { kind: "set-up", detail: `${code}: the key, its role or the channel` };
  if (code !== undefined && NO_FIELD.has(code)) return { kind: "set-up", detail };
  // Everything else failed inside Vendure, and was rolled back: its database was busy or gone, or what we had just read was
  // taken away by another attempt.
  return code !== undefined && BAD_ITEM.has(code) ? { kind: "refused", detail } : { kind: "theirs", detail };
}
