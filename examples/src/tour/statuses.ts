import { z } from "zod";
import type { AgentView, CloudView, DestinationView, ReceiverView } from "./view.ts";

/* The parts of the programs' JSON that the tour reads; more fields may stand beside them. */
const count = z.number().int().min(0);
const gross = z.record(z.string(), z.string());

const agentStatusSchema = z.object({
  captured: z.object({ transactions: count, grossByCurrency: gross }),
  setAside: count,
  upstreams: z.array(z.object({ name: z.string(), state: z.string(), pending: count })),
});

const cloudStatusSchema = z.object({
  transactions: z.object({ count, grossByCurrency: gross }),
  setAside: count,
  destinations: z.array(
    z.object({ name: z.string(), state: z.string(), delivered: count, pending: count, parked: count, held: count, uncertain: count }),
  ),
});

const receiverSummarySchema = z.object({
  kind: z.string(),
  count,
  grossByCurrency: gross,
  duplicatesRefused: count,
  conflicts: count,
  faults: z.record(z.string(), count),
});

/** What `edge-agent status --json` says. Throws when it says something else. */
export function readAgentStatus(json: string): AgentView {
  const { captured, setAside, upstreams } = agentStatusSchema.parse(JSON.parse(json));
  const cloud = upstreams.find((upstream) => upstream.name === "cloud");
  return {
    records: captured.transactions,
    gross: captured.grossByCurrency,
    setAside,
    upstream: cloud?.state ?? "none",
    waiting: cloud?.pending ?? 0,
  };
}

/** What `cloud-sync status --json` says. */
export function readCloudStatus(json: string): CloudView {
  const { transactions, setAside, destinations } = cloudStatusSchema.parse(JSON.parse(json));
  return {
    records: transactions.count,
    gross: transactions.grossByCurrency,
    setAside,
    destinations: destinations.map(({ name, state, delivered, pending, parked, held, uncertain }): DestinationView => ({
      name,
      state,
      delivered,
      open: Math.max(pending, parked + held + uncertain),
    })),
  };
}

/** What a receiver's `GET /summary` says. */
export function readReceiverSummary(value: unknown): ReceiverView {
  const { kind, count, grossByCurrency, duplicatesRefused, conflicts, faults } = receiverSummarySchema.parse(value);
  return {
    kind,
    count,
    gross: grossByCurrency,
    duplicatesRefused,
    conflicts,
    faults: Object.values(faults).reduce((sum, times) => sum + times, 0),
  };
}
