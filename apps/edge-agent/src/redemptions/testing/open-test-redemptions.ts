import {
  accountKey,
  quotaPolicySchema,
  seq,
  storeId,
  terminalId,
  toHex,
  type Account,
  type Amount,
  type QuotaAnswer,
  type QuotaAsk,
  type QuotaPolicy,
  type RedemptionId,
  type StoredValue,
  type WireDocument,
} from "@tillsync/sync-protocol";
import { saveAcked } from "../../journal/acknowledge.ts";
import { appendMany } from "../../journal/append-many.ts";
import { saleItem } from "../../journal/testing/sales.ts";
import { openTestFolder, type TestFolder } from "../../store/testing/open-test-folder.ts";
import { openRedemptions } from "../open-redemptions.ts";
import type { RedemptionDeps, Redemptions } from "../redemptions.ts";
import type { ReserveRequest } from "../requests.ts";

export const CARD: Account = { kind: "giftCard", id: "card-1" };
export const TERMINAL = terminalId("till-1");

/** A till with redemptions, its cloud and its shop played by the test. */
export interface TestTill {
  readonly folder: TestFolder;
  redemptions: Redemptions;
  isEnrolled: boolean;
  policy: QuotaPolicy;
  standing: ReturnType<RedemptionDeps["standing"]>;
  cloud: (ask: QuotaAsk) => QuotaAnswer | "offline" | "refused";
  readonly asked: QuotaAsk[];
  /** The cloud has all of the present epoch. */
  acknowledge(): void;
  /** A `quotas` document comes down. */
  grant(granted: number, more?: { epoch?: number; version?: number; recalled?: boolean; unit?: string }): void;
  restart(): void;
  /** The journal's entries of stored value, oldest first. */
  entries(): StoredValue[];
}

export function openTestTill(): TestTill {
  const folder = openTestFolder();
  let version = 0;
  const open = (): Redemptions =>
    openRedemptions({
      store: folder.store,
      terminal: () => (till.isEnrolled ? { terminal: TERMINAL, store: storeId("S001") } : undefined),
      policy: () => till.policy,
      standing: () => till.standing,
      ask: async (ask) => {
        till.asked.push(ask);
        return till.cloud(ask);
      },
    });
  const till: TestTill = {
    folder,
    redemptions: undefined as unknown as Redemptions,
    isEnrolled: true,
    policy: quotaPolicySchema.parse({}),
    standing: "usable",
    cloud: () => "offline",
    asked: [],
    acknowledge: () => {
      const { end } = folder.store;
      saveAcked(folder.store, "cloud", end.epoch, { seq: seq(end.seq), hash: toHex(end.hash) });
    },
    grant: (granted, more = {}) => till.redemptions.takeQuotas([quotaDocument(folder.store.end.epoch, granted, (version += 1), more)]),
    restart: () => {
      folder.restart();
      till.redemptions = open();
    },
    entries: () =>
      folder.store.db
        .prepare<[], { line: Uint8Array }>("SELECT line FROM entry ORDER BY key")
        .all()
        .flatMap(({ line }) => {
          const { body } = JSON.parse(Buffer.from(line).toString()) as { body: { transaction?: { storedValue?: StoredValue } } };
          return body.transaction?.storedValue ?? [];
        }),
  };
  till.redemptions = open();
  appendMany(folder.store, [saleItem({ sequence: 1 })]);
  till.acknowledge();
  return till;
}

function quotaDocument(
  present: number,
  granted: number,
  version: number,
  more: { epoch?: number; version?: number; recalled?: boolean; unit?: string },
): WireDocument {
  const epoch = more.epoch ?? present;
  return {
    id: `${TERMINAL}:${epoch}:${accountKey(CARD)}`,
    terminalId: TERMINAL,
    epoch,
    account: CARD,
    granted: String(granted),
    unit: more.unit ?? "EUR",
    ...(more.recalled === true ? { recalled: true } : {}),
    schemaVersion: 1,
    version: more.version ?? version,
    _deleted: false,
  };
}

export const wish = (id: string, amount: number, more: Partial<ReserveRequest> = {}): ReserveRequest => ({
  redemptionId: id as RedemptionId,
  account: CARD,
  amount: String(amount) as Amount,
  unit: "EUR",
  ...more,
});

export const answer = (ask: QuotaAsk, granted: string): QuotaAnswer => ({
  epoch: ask.epoch,
  account: ask.account,
  unit: ask.unit,
  granted: granted as Amount,
  balance: "5000" as Amount,
  free: "0" as Amount,
  recalling: false,
  serverTimeMs: 1,
});
