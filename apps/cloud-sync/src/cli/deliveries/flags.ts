import { TillsyncError } from "@tillsync/sync-protocol";
import { deliveryStates, type DeliveryState } from "../../destinations/deliveries.ts";
import type { parseFlags } from "../parse-flags.ts";

export const FLAGS = {
  destination: { type: "string" },
  state: { type: "string" },
  reason: { type: "string" },
  key: { type: "string" },
  file: { type: "string" },
  after: { type: "string" },
  limit: { type: "string" },
} as const;
export type Values = ReturnType<typeof parseFlags<typeof FLAGS>>["values"];

export function readId(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new TillsyncError("usage.invalid", `no delivery id: ${JSON.stringify(text)}`);
  return Number(text);
}

export function readState(text: string | undefined): DeliveryState | undefined {
  const state = deliveryStates.find((known) => known === text);
  if (text !== undefined && state === undefined) throw new TillsyncError("usage.invalid", `--state: one of ${deliveryStates.join(", ")}`);
  return state;
}
