import { naturalKey, transactionSchema } from "@tillsync/sync-protocol";
import type { DeliveryItem } from "../../connector.ts";
import { deliveryIdentity } from "../../../destinations/delivery-identity.ts";
import type { VendorSuite } from "../../testing/vendor-fake/run-vendor-contract-tests.ts";
import { MEMBER, OTHER_MEMBER } from "../../testing/vendor-fake/scenarios.ts";
import { klaviyo } from "../klaviyo.ts";
import { klaviyoConfigSchema, type KlaviyoConfig } from "../manifest.ts";
import { expectedAtKlaviyo, fakeKlaviyo } from "./fake-klaviyo.ts";

const config = (url: string, timeoutMs: number): KlaviyoConfig =>
  klaviyoConfigSchema.parse({
    url,
    timeoutMs,
    allowPrivateNetwork: true,
    secret: "klaviyo-test",
    mapping: { version: 1, stores: { "9": "Berlin Mitte" } },
  });

/** A member who joined or changed. */
export function memberItem(sequence: string, memberChange: object): DeliveryItem {
  const transaction = transactionSchema.parse({
    schemaVersion: 1,
    transactionType: "MemberChange",
    identity: { store: "9", workstation: "31", businessDay: "2026-11-20", sequence },
    status: "completed",
    memberChange,
  });
  const key = naturalKey(transaction.identity);
  return {
    identity: deliveryIdentity(key, 1),
    naturalKey: key,
    revision: 1,
    supersedes: undefined,
    orderingKey: "member:1",
    shard: "main",
    tpos: Number(sequence),
    terminal: "till-1",
    store: "store-1",
    receivedAtMs: Date.UTC(2026, 10, 20, 9),
    transaction,
    replay: false,
  };
}

/** Receipts without a member are nothing to Klaviyo. */
export const suite: VendorSuite<KlaviyoConfig> = {
  connector: klaviyo,
  start: fakeKlaviyo,
  config,
  expected: expectedAtKlaviyo,
  without: [
    "a sale",
    "a sale with several tenders, two taxes, a discount and rounding",
    "a sale with taxes on top",
    "a return without a receipt",
    "an even exchange",
  ],
  more: [
    {
      name: "a member who joined and then changed",
      stranger: memberItem("900", { memberRef: OTHER_MEMBER, kind: "enrolled", tier: "basic" }),
      items: [
        memberItem("1", { memberRef: MEMBER, kind: "enrolled", tier: "basic", consents: { email: true } }),
        memberItem("2", { memberRef: MEMBER, kind: "updated", tier: "gold" }),
      ],
    },
  ],
  hasKeys: true,
};
