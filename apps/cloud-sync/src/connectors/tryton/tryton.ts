import type {
  Connector,
  ConnectorPorts,
  ConnectorSession,
  DeliveryItem,
  LookUpResult,
  ProbeResult,
  SendContext,
  SendResult,
} from "../connector.ts";
import { checkAddress } from "../http/address.ts";
import { openBundles } from "./bundles.ts";
import { untilEnded } from "./ended.ts";
import { openJoinedRpc } from "./joined-rpc.ts";
import { lookUp } from "./look-up.ts";
import { manifest, trytonConfigSchema, type TrytonConfig } from "./manifest.ts";
import { mapDocuments, mapItem } from "./map.ts";
import { openResolver } from "./resolve.ts";
import { openRpc, type TrytonRpc } from "./rpc.ts";
import { settle } from "./settle.ts";

/** Tryton as the books of a retailer: sales with their invoices, payments and stock moves; counts and movements of goods. */
export const tryton: Connector<TrytonConfig> = {
  manifest,
  configSchema: trytonConfigSchema,
  secretFields: ["password"],
  check: checkAddress,
  map: mapItem,
  open: (config, ports) => openTryton(config, ports),
};

/**
 * Items that share a call. More of them gain nothing: Tryton goes through them one by one, and reads them all again after
 * each; and all of them are uncertain when the answer is lost.
 */
const PARTS_MAX = 6;

/** `dedupe: false` exists to show that the checks notice when nobody looks before a document is made. */
export function openTryton(config: TrytonConfig, ports: ConnectorPorts, { dedupe } = { dedupe: true }): ConnectorSession {
  const rpc = openRpc(config, ports);
  const bundles = openBundles({ calls: config.calls, parts: PARTS_MAX, nowMs: () => ports.nowMs() });
  const joined = openJoinedRpc(rpc, bundles);
  const resolver = openResolver(joined);
  /** References under way here, since Tryton would take two documents under one of them. */
  const underWay = new Set<string>();
  const send = async (item: DeliveryItem, context: SendContext): Promise<SendResult> => {
    const mapped = mapDocuments(item, config);
    if (mapped.kind !== "documents") return mapped;
    const references = mapped.documents.flatMap((one) =>
      "reverses" in one && one.reverses ? [one.reference, one.reverses] : [one.reference],
    );
    if (references.some((reference) => underWay.has(reference)))
      return { kind: "theirs", detail: "another send of the same document is under way" };
    for (const reference of references) underWay.add(reference);
    try {
      return await untilEnded(() =>
        settle({ rpc: joined, config, resolver, vendorIdOf: (key) => context.vendorIdOf(key), dedupe }, mapped.documents),
      );
    } finally {
      for (const reference of references) underWay.delete(reference);
    }
  };
  const find = async (item: DeliveryItem): Promise<LookUpResult> => {
    if (!dedupe) return { kind: "absent" };
    const mapped = mapDocuments(item, config);
    return mapped.kind === "documents" ? untilEnded(() => lookUp(joined, mapped.documents)) : mapped;
  };
  return { send, lookUp: find, probe: () => probe(rpc, config), close: () => rpc.close() };
}

/** Logs in, and asks for something that only a user of the sales group may see. */
async function probe(rpc: TrytonRpc, { database }: TrytonConfig): Promise<ProbeResult> {
  const answer = await untilEnded(async () => {
    await rpc.model("sale.sale", "search_count", [["id", "=", 0]]);
    return { kind: "ready", detail: `logged in to ${database}, sales can be read` } as const;
  });
  const isPlain = answer.kind === "ready" || answer.kind === "theirs" || answer.kind === "set-up" || answer.kind === "rejected";
  return isPlain ? answer : { kind: "uncertain", detail: "detail" in answer ? answer.detail : answer.kind };
}
