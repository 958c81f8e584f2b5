import type { z } from "zod";
import type { Outcome } from "../outcome.ts";
import { callCommercetools, type CommercetoolsLine } from "./line.ts";

/** Versions that are tried: each conflict means that someone else's change went in. */
const UPDATES_MAX = 4;

interface Versioned {
  readonly id: string;
  readonly version: number;
}

/**
 * Brings a record to where nothing is left to do. `actionsOf` says what is left; each update bears the version that was
 * read, so that of two of the same only one goes in. Undefined: there is no such record.
 */
export async function bringRecord<T extends Versioned>(
  line: CommercetoolsLine,
  at: { readonly collection: "orders" | "payments"; readonly shape: z.ZodType<T>; read(): Promise<Outcome<T | undefined>> },
  actionsOf: (record: T) => readonly object[],
): Promise<Outcome<T | undefined>> {
  for (let attempt = 0; attempt < UPDATES_MAX; attempt += 1) {
    const read = await at.read();
    if (read.kind !== "ok" || read.value === undefined) return read;
    const { id, version } = read.value;
    const actions = actionsOf(read.value);
    if (actions.length === 0) return read;
    const path = `/${at.collection}/${encodeURIComponent(id)}`;
    const said = await callCommercetools(line, { method: "POST", path, body: { version, actions } }, at.shape);
    if (said.kind === "conflict") continue;
    if (said.kind === "absent" || said.kind === "duplicate") return { kind: "uncertain", detail: `an update answered ${said.kind}` };
    if (said.kind !== "ok") return said;
    if (said.value.id !== id) return { kind: "foreign", detail: "the answer is about another record" };
    return actionsOf(said.value).length === 0 ? said : { kind: "uncertain", detail: "the answer does not show the update" };
  }
  return { kind: "theirs", detail: "the record was changed again and again" };
}
