import { z } from "zod";
import type { ConnectorPorts, DeliveryItem, SendResult } from "../connector.ts";
import { openJsonLine, type JsonLine } from "../http/json-line.ts";
import type { Outcome } from "../outcome.ts";
import type { KlaviyoConfig } from "./manifest.ts";
import { PATHS, planItem, type KlaviyoRequest } from "./map.ts";

/** The API's revision that requests and answers are made for. */
const REVISION = "2026-07-15";
const MEDIA = "application/vnd.api+json";

export interface KlaviyoLine {
  readonly config: KlaviyoConfig;
  readonly http: JsonLine;
}

export const openKlaviyoLine = (config: KlaviyoConfig, ports: ConnectorPorts): KlaviyoLine => ({
  config,
  http: openJsonLine(config, ports, {
    headers: () =>
      Promise.resolve({
        authorization: `Klaviyo-API-Key ${config.secret}`,
        revision: REVISION,
        accept: MEDIA,
        "content-type": MEDIA,
      }),
  }),
});

const profileSchema = z.object({
  data: z.object({ type: z.literal("profile"), id: z.string().min(1), attributes: z.object({ external_id: z.string().nullish() }) }),
});
const errorSchema = z.object({ errors: z.array(z.object({ code: z.string() })).min(1) });

/** Tells all of an item. Each request may be repeated: an event by its id, a profile since it is put as it is. */
export async function sendToKlaviyo(line: KlaviyoLine, item: DeliveryItem): Promise<SendResult> {
  const planned = planItem(item, line.config);
  if (planned.kind !== "plan") return planned;
  let vendorId: string | undefined;
  for (const request of planned.requests) {
    const told = await tell(line, request);
    if (told.kind !== "ok") return told;
    vendorId = told.value ?? vendorId;
  }
  return { kind: "delivered", ...(vendorId === undefined ? {} : { vendorId }) };
}

/** Klaviyo's id of a profile; an event has none: its 202 says that it was accepted, and no more. */
async function tell({ http }: KlaviyoLine, { kind, reference, body }: KlaviyoRequest): Promise<Outcome<string | undefined>> {
  const result = await http.call({ method: "POST", path: PATHS[kind], body });
  if (result.kind !== "answer") return result;
  const { status, json } = result.answer;
  if (status >= 400) {
    const error = errorSchema.safeParse(json);
    return { kind: "rejected", detail: `status ${status} ${error.success ? (error.data.errors[0]?.code ?? "") : ""}`.trim() };
  }
  if (kind === "event")
    return status === 202 && json === undefined
      ? { kind: "ok", value: undefined }
      : { kind: "uncertain", detail: `status ${status} instead of an acceptance` };
  const parsed = profileSchema.safeParse(json);
  if ((status !== 200 && status !== 201) || !parsed.success)
    return { kind: "uncertain", detail: `status ${status} with an answer of another shape` };
  const { id, attributes } = parsed.data.data;
  return attributes.external_id === reference
    ? { kind: "ok", value: id }
    : { kind: "foreign", detail: "the answer's profile is another's" };
}
