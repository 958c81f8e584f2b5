import { z } from "zod";
import type { SendResult } from "../connector.ts";
import type { JsonAnswer } from "../http/json-line.ts";

const faultSchema = z.object({ fault: z.object({ type: z.string() }) });

/** The type of a refusal, as the API tells it; empty: it tells none. */
export function faultOf({ json }: JsonAnswer): string {
  const parsed = faultSchema.safeParse(json);
  return parsed.success ? parsed.data.fault.type : "";
}

/** What an answer that is no success says, whatever was asked. */
export function refusalOf(answer: JsonAnswer): Extract<SendResult, { kind: "set-up" | "theirs" | "rejected" }> {
  const { status } = answer;
  const detail = `status ${status} ${faultOf(answer)}`.trim();
  // Without its fault a 404 may as well be a wrong address: nothing would get through.
  if (status === 404) return { kind: "set-up", detail };
  if (status === 409) return { kind: "theirs", detail: "status 409" };
  return { kind: "rejected", detail };
}
