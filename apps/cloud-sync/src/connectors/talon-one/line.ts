import { z } from "zod";
import type { ConnectorPorts } from "../connector.ts";
import { openJsonLine, type JsonLine, type JsonRequest } from "../http/json-line.ts";
import type { Outcome } from "../outcome.ts";
import type { TalonOneConfig } from "./manifest.ts";

const errorSchema = z.object({ message: z.string() });

export interface TalonOneLine {
  readonly config: TalonOneConfig;
  readonly http: JsonLine;
}

export const openTalonOneLine = (config: TalonOneConfig, ports: ConnectorPorts): TalonOneLine => ({
  config,
  http: openJsonLine(config, ports, {
    headers: () => Promise.resolve({ authorization: `ApiKey-v1 ${config.secret}` }),
    // Its answer to parallel requests for one profile or session: nothing was done.
    judge: ({ status }) => (status === 409 ? { kind: "theirs", detail: "status 409" } : undefined),
  }),
});

/** Header of calls that belong to the Management API. */
export const asManager = ({ managementKey }: TalonOneConfig): Record<string, string> => ({
  authorization: `ManagementKey-v1 ${managementKey ?? ""}`,
});

/** One request whose answer has to be of `status` and `shape`; another success proves nothing. `undefined`: it is not there. */
export async function callTalonOne<T>(
  line: TalonOneLine,
  request: JsonRequest,
  { status, shape }: { readonly status: number; readonly shape: z.ZodType<T> },
): Promise<Outcome<T | undefined>> {
  const result = await line.http.call(request);
  if (result.kind !== "answer") return result;
  const { answer } = result;
  const error = errorSchema.safeParse(answer.json);
  // Only Talon.One itself can say that something is not there: a gateway's page is no proof of that.
  if (answer.status === 404)
    return error.success ? { kind: "ok", value: undefined } : { kind: "set-up", detail: "status 404 without Talon.One's error" };
  if (answer.status < 300) {
    const parsed = shape.safeParse(answer.json);
    if (answer.status === status && parsed.success) return { kind: "ok", value: parsed.data };
    return { kind: "uncertain", detail: `status ${answer.status} with an answer of another shape` };
  }
  return { kind: "rejected", detail: `status ${answer.status}${error.success ? ` ${error.data.message.slice(0, 200)}` : ""}` };
}
