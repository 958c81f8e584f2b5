import type { z } from "zod";
import type { JsonRequest } from "../http/json-line.ts";
import type { Outcome } from "../outcome.ts";
import { callSquare, type SquareLine } from "./line.ts";

/** Pages that one search reads: at 100 to 1,000 records each, more than a store makes while a destination is down for weeks. */
export const PAGES_MAX = 100;

/**
 * Reads pages until `pick` finds what it looks for. `undefined`: all were read and it is not there. A search that does not
 * end within `PAGES_MAX` found nothing out.
 */
export async function findInPages<Page extends { cursor?: string | undefined }, Found>(
  line: SquareLine,
  request: (cursor: string | undefined) => JsonRequest,
  shape: z.ZodType<Page>,
  pick: (page: Page) => Found | undefined,
): Promise<Outcome<Found | undefined>> {
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const wish = request(cursor);
    const read = await callSquare(line, wish, shape);
    if (read.kind !== "ok") return read;
    const found = pick(read.value);
    if (found !== undefined) return { kind: "ok", value: found };
    cursor = read.value.cursor;
    if (cursor === undefined || cursor === "") return { kind: "ok", value: undefined };
  }
  return { kind: "uncertain", detail: `more than ${PAGES_MAX} pages to look through` };
}
