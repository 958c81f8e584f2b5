import { createHash } from "node:crypto";
import { z } from "zod";
import type { ConnectorPorts } from "../../connectors/connector.ts";
import type { NoAnswer } from "../../connectors/http/json-line.ts";
import { Ended } from "../../connectors/tryton/ended.ts";
import { openRpc, parseAnswer } from "../../connectors/tryton/rpc.ts";
import { FeedFailed } from "../feed-kind.ts";
import type { TrytonFeedConfig } from "./config.ts";
import { later } from "../stamp.ts";
import { moment, momentSchema } from "./moment.ts";

type Domain = readonly unknown[];

/** Questions to one Tryton. Throws `FeedFailed` for whatever is no answer to them. */
export interface AskTryton {
  /** Records by domain, inactive ones too, in the order of their ids, at most `limit`; `context` is what their reckoned fields go by. */
  search<Row>(model: string, domain: Domain, row: z.ZodObject & z.ZodType<Row>, limit: number): Promise<Row[]>;
  /** Fields of these records. */
  read<Row>(model: string, ids: readonly number[], row: z.ZodObject & z.ZodType<Row>, context?: object): Promise<Row[]>;
  /** The newest write or creation of a model; undefined: it has no records. */
  newest(model: string): Promise<string | undefined>;
  /** A digest of all records of a small table and when they were written: another one when anything of it is. */
  digest(model: string): Promise<string>;
  close(): Promise<void>;
}

/** A condition on `active` would not do: Tryton adds its own to every part of a domain that has none. */
const INACTIVE_TOO = { active_test: false };

/** Rows of a table that records lean on (taxes, units, categories) that are looked at, the newest first. */
const DIGEST_ROWS = 1_000;

const written = z.object({ id: z.number().int(), write_date: momentSchema.nullable(), create_date: momentSchema.nullable() });

export function openAskTryton(config: TrytonFeedConfig, ports: ConnectorPorts): AskTryton {
  const rpc = openRpc(config, ports);
  const own = config.company === undefined ? {} : { company: config.company };
  const ask = async (context: object, model: string, method: string, ...args: readonly unknown[]): Promise<unknown> => {
    try {
      return await rpc.modelIn({ ...own, ...context }, model, method, ...args);
    } catch (error) {
      if (error instanceof Ended) throw new FeedFailed(failureOf(error));
      throw error;
    }
  };
  const rowsOf = <Row>(row: z.ZodType<Row>, answer: unknown, model: string, limit: number): Row[] => {
    try {
      return parseAnswer(z.array(row).max(limit), answer, model);
    } catch (error) {
      if (error instanceof Ended) throw new FeedFailed(failureOf(error));
      throw error;
    }
  };
  const ordered = async (model: string, order: string, limit: number): Promise<z.infer<typeof written>[]> =>
    rowsOf(
      written,
      await ask(
        INACTIVE_TOO,
        model,
        "search_read",
        [],
        0,
        limit,
        [
          [order, "DESC NULLS LAST"],
          ["id", "DESC"],
        ],
        Object.keys(written.shape),
      ),
      model,
      limit,
    );
  return {
    search: async (model, domain, row, limit) =>
      rowsOf(row, await ask(INACTIVE_TOO, model, "search_read", domain, 0, limit, [["id", "ASC"]], fieldsOf(row)), model, limit),
    read: async (model, ids, row, context = {}) =>
      ids.length === 0 ? [] : rowsOf(row, await ask(context, model, "read", ids, fieldsOf(row)), model, ids.length),
    newest: async (model) => {
      const [[lastWritten], [lastMade]] = [await ordered(model, "write_date", 1), await ordered(model, "create_date", 1)];
      return later(lastWritten?.write_date ?? undefined, lastMade?.create_date ?? undefined);
    },
    digest: async (model) =>
      createHash("sha256")
        .update(JSON.stringify(await ordered(model, "write_date", DIGEST_ROWS)))
        .digest("base64url"),
    close: () => rpc.close(),
  };
}

/** Names of fields; `template.` stands for fields of another record, which Tryton wants one by one and answers together. */
const fieldsOf = (row: z.ZodObject): string[] =>
  Object.entries(row.shape).flatMap(([name, inner]) =>
    name.endsWith(".") ? Object.keys(shapeOf(inner)).map((field) => name + field) : [name],
  );

const shapeOf = (inner: unknown): object => {
  if (inner instanceof z.ZodObject) return inner.shape;
  return inner instanceof z.ZodNullable ? shapeOf(inner.unwrap()) : {};
};

/** To a question everything but "later" and "never like this" is an answer that proves nothing. */
function failureOf({ ending }: Ended): NoAnswer {
  if (ending.kind === "theirs" || ending.kind === "set-up" || ending.kind === "uncertain") return ending;
  // A question that is refused is one that the user may not ask, or about a field that this Tryton does not have.
  return { kind: "set-up", detail: "detail" in ending ? ending.detail : ending.kind };
}

/**
 * Where the next page of rows begins; undefined: there is none. A page that is not full may have been cut short: only an empty
 * one is the end. A server that does not go on would be read for ever.
 */
export function nextPage(rows: readonly { readonly id: number }[], past: number): string | undefined {
  const last = rows.at(-1);
  if (last === undefined) return undefined;
  if (rows.some(({ id }) => id <= past)) throw new FeedFailed({ kind: "uncertain", detail: "a page that was read before" });
  return String(last.id);
}

/** What was written or made since then, by the record itself or by one that it is part of. */
export const changedSince = (iso: string, through: readonly string[] = []): Domain => {
  const since = moment(iso);
  return [
    "OR",
    ...["", ...through].flatMap((path) => [
      [`${path}write_date`, ">=", since],
      [`${path}create_date`, ">=", since],
    ]),
  ];
};
