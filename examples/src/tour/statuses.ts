import { z } from "zod";
import type { ChangedPrice, ListedPrice } from "./digest-prices.ts";
import type { AgentView, CloudView, DestinationView, ReceiverView, TillPrices } from "./view.ts";

/* The parts of the programs' JSON that the tour reads; more fields may stand beside them. */
const count = z.number().int().min(0);
const gross = z.record(z.string(), z.string());

const agentStatusSchema = z.object({
  captured: z.object({ transactions: count, grossByCurrency: gross }),
  setAside: count,
  upstreams: z.array(z.object({ name: z.string(), state: z.string(), pending: count })),
  reference: z.object({
    collections: z.array(
      z.object({
        name: z.string(),
        documents: count,
        loaded: z.boolean(),
        position: z.record(z.string(), count),
        asOf: z.number().nullable(),
      }),
    ),
  }),
});
type AgentStatus = z.infer<typeof agentStatusSchema>;

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
export function readAgentStatus(json: string, heardAt: number): AgentView {
  const { captured, setAside, upstreams, reference } = agentStatusSchema.parse(JSON.parse(json));
  const cloud = upstreams.find((upstream) => upstream.name === "cloud");
  return {
    records: captured.transactions,
    gross: captured.grossByCurrency,
    setAside,
    upstream: cloud?.state ?? "none",
    waiting: cloud?.pending ?? 0,
    prices: readTillPrices(reference),
    heardAt,
  };
}

function readTillPrices({ collections }: AgentStatus["reference"]): TillPrices {
  const prices = collections.find(({ name }) => name === "prices");
  if (prices === undefined) return { count: 0, loaded: false, position: 0, asOf: null };
  const { documents, loaded, position, asOf } = prices;
  return { count: documents, loaded, position: position["all"] ?? 0, asOf };
}

/** What `edge-agent reference digest --json` says. */
export const readDigest = (json: string): string => z.object({ sha256: z.string() }).parse(JSON.parse(json)).sha256;

const priceAnswerSchema = z.object({ price: z.object({ amount: z.string(), currency: z.string() }) });
export type PriceAnswer = z.infer<typeof priceAnswerSchema>["price"];

/** What `edge-agent reference price ITEM --json` says. */
export const readPriceAnswer = (json: string): PriceAnswer => priceAnswerSchema.parse(JSON.parse(json)).price;

const listedSchema = z.object({ documents: z.array(z.looseObject({ id: z.string() })), next: z.undefined().optional() });

/** What `cloud-sync reference list --json` says when one page has it all. */
export const readListed = (json: string): ListedPrice[] => listedSchema.parse(JSON.parse(json)).documents;

/** What `cloud-sync reference show --json` says of a document's versions. */
export const readChanged = (json: string): ChangedPrice =>
  z.object({ id: z.string(), version: count, schemaVersion: count }).parse(JSON.parse(json));

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
