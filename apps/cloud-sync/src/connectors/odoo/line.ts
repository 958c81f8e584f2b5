import { z } from "zod";
import type { ConnectorPorts } from "../connector.ts";
import { openJsonLine, type JsonLine } from "../http/json-line.ts";
import type { Outcome } from "../outcome.ts";
import type { OdooConfig } from "./manifest.ts";

export interface OdooLine {
  readonly config: OdooConfig;
  readonly http: JsonLine;
}

export const openOdooLine = (config: OdooConfig, ports: ConnectorPorts): OdooLine => ({
  config,
  http: openJsonLine(config, ports, {
    headers: () =>
      Promise.resolve({
        authorization: `bearer ${config.secret}`,
        ...(config.database === undefined ? {} : { "x-odoo-database": config.database }),
      }),
  }),
});

const errorSchema = z.object({ name: z.string(), message: z.string().optional() });
const DETAIL_CHARS_MAX = 200;

/** Calls one method of a model, one transaction of Odoo's; an answer that is not of `shape` proves nothing. */
export async function callOdoo<T>({ http }: OdooLine, path: `${string}/${string}`, body: object, shape: z.ZodType<T>): Promise<Outcome<T>> {
  const result = await http.call({ method: "POST", path: `/json/2/${path}`, body });
  if (result.kind !== "answer") return result;
  const { status, json } = result.answer;
  if (status < 300) {
    const parsed = shape.safeParse(json);
    return parsed.success ? { kind: "ok", value: parsed.data } : { kind: "uncertain", detail: `${path}: an answer of another shape` };
  }
  const error = errorSchema.safeParse(json);
  // Names of Odoo's exceptions and its words for the user; never the arguments, which quote what was sent.
  const told = error.success ? ` ${error.data.name}: ${(error.data.message ?? "").slice(0, DETAIL_CHARS_MAX)}` : "";
  return { kind: status === 404 ? "set-up" : "rejected", detail: `status ${status}${told}` };
}
