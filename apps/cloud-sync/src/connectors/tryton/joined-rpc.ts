import { z } from "zod";
import type { Bundles } from "./bundles.ts";
import { parseAnswer, type TrytonRpc } from "./rpc.ts";

/** Tryton's records, by calls that go out together with those of other items. Throws `Ended`. Each may be heard twice. */
export interface JoinedRpc {
  /** Records whose `field` is one of `keys` and that fit `also`, only the fields of `row`, in the order of their ids. */
  find<Row>(
    name: string,
    field: string,
    keys: readonly (number | string)[],
    row: z.ZodObject & z.ZodType<Row>,
    also?: readonly unknown[],
  ): Promise<Row[]>;
  /** A button, or another method that takes records alone. */
  press(name: string, button: string, ids: readonly number[]): Promise<void>;
  create(name: string, records: readonly object[]): Promise<void>;
  write(name: string, ids: readonly number[], values: object): Promise<void>;
  /** Id of the company that the user works for. */
  company(): Promise<number>;
}

/** More rows than any question of ours has answers; a server that gives more is not believed. */
const ROWS_MAX = 2_000;

export function openJoinedRpc(rpc: TrytonRpc, bundles: Bundles): JoinedRpc {
  /** Parts are lists of arguments that Tryton takes one behind the other, or lists of records. */
  const act = <Part>(name: string, method: string, part: Part, argsOf: (parts: readonly Part[]) => readonly unknown[]): Promise<void> =>
    bundles.join(`${name}.${method}`, part, async (parts) => {
      await rpc.model(name, method, ...argsOf(parts));
      return parts.map(() => undefined);
    });
  return {
    find: async <Row>(
      name: string,
      field: string,
      keys: readonly (number | string)[],
      row: z.ZodObject & z.ZodType<Row>,
      also: readonly unknown[] = [],
    ) => {
      if (keys.length === 0) return [];
      const shape = field in row.shape ? row : row.extend({ [field]: z.unknown() });
      const fields = Object.keys(shape.shape);
      return bundles.join(JSON.stringify([name, field, fields, also]), keys, async (parts) => {
        const domain = [[field, "in", [...new Set(parts.flat())]], ...also];
        const answer = await rpc.model(name, "search_read", domain, 0, ROWS_MAX, [["id", "ASC"]], fields);
        const rows = parseAnswer(z.array(shape).max(ROWS_MAX - 1), answer, name);
        return parts.map((part) => rows.filter((one) => (part as readonly unknown[]).includes(one[field])) as Row[]);
      });
    },
    press: async (name, button, ids) => {
      if (ids.length > 0) await act(name, button, ids, (parts) => [[...new Set(parts.flat())]]);
    },
    create: (name, records) => act(name, "create", records, (parts) => [parts.flat()]),
    write: (name, ids, values) => act(name, "write", [ids, values], (parts) => parts.flat()),
    company: () => rpc.company(),
  };
}
