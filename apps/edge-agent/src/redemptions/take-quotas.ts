import { accountKey, readDocument, type Amount, type QuotaAsk, type Quota, type WireDocument } from "@tillsync/sync-protocol";
import { inTransaction } from "../store/in-transaction.ts";
import { mergeGrant, readLease } from "./lease-rows.ts";
import type { RedemptionDeps } from "./redemptions.ts";

/**
 * Takes over documents of the collection `quotas`: in any order, as often as they come, and old ones too. A document of
 * another terminal is not ours; one that this version cannot read waits for the next. Returns what the cloud should be
 * told: it has granted less than we know of, so it was restored from an older backup.
 */
export function takeQuotas(deps: RedemptionDeps, documents: readonly WireDocument[]): QuotaAsk[] {
  const { store } = deps;
  const self = deps.terminal()?.terminal;
  const quotas = documents.flatMap((document) => readQuota(document, self));
  if (quotas.length === 0) return [];
  return inTransaction(store, () =>
    quotas.flatMap(({ quota, version }) => {
      const account = accountKey(quota.account);
      const known = readLease(store, account, quota.epoch);
      const granted = BigInt(quota.granted);
      mergeGrant(store, { account, epoch: quota.epoch, unit: quota.unit, granted }, { version, recalled: quota.recalled === true });
      const isBehind = known !== undefined && known.granted > granted && version > known.version && quota.epoch === store.end.epoch;
      return isBehind ? [reminder(quota, String(known.granted) as Amount)] : [];
    }),
  );
}

const reminder = ({ account, unit, epoch }: Quota, seen: Amount): QuotaAsk => ({
  epoch,
  account,
  unit,
  granted: seen,
  seen,
});

function readQuota(document: WireDocument, self: string | undefined): { quota: Quota; version: number }[] {
  if (document._deleted) return [];
  try {
    const quota = readDocument("quotas", document);
    return quota.terminalId === self ? [{ quota, version: document.version }] : [];
  } catch {
    return [];
  }
}
