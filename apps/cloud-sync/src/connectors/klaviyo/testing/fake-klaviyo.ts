import { isRetail, type Amount } from "@tillsync/sync-protocol";
import type { DeliveryItem } from "../../connector.ts";
import { planDocuments } from "../../documents/plan-documents.ts";
import { saleParts } from "../../documents/sale-parts.ts";
import type { BookedDocument } from "../../testing/vendor-fake/expected-effects.ts";
import { rulesOf } from "../../testing/vendor-fake/openapi-rules.ts";
import type { FakeOptions, VendorMemory } from "../../testing/vendor-fake/run-scenario.ts";
import type { FakeVendor } from "../../testing/vendor-fake/start-vendor-fake.ts";
import type { FakeAnswer, VendorRules } from "../../testing/vendor-fake/vendor-rules.ts";
import type { VirtualClock } from "../../testing/vendor-fake/virtual-clock.ts";

type Rec = Record<string, unknown>;

const METRICS = { sale: "Store Sale", return: "Store Return" };

/** One file of the vendor's describes one operation. */
function rules(): VendorRules {
  const [events, profiles] = [rulesOf("klaviyo/create_event.json"), rulesOf("klaviyo/create_or_update_profile.json")];
  return {
    judge: (request) => {
      const { "content-type": type, accept } = request.headers;
      if (type !== "application/vnd.api+json" || accept !== type) return { kind: "violation", detail: "another media type than JSON:API" };
      return (request.path === "/api/events" ? events : profiles).judge(request);
    },
    judgeAnswer: (operation, answer) => (operation === "create_event" ? events : profiles).judgeAnswer(operation, answer),
  };
}

/** A small Klaviyo: of events with one id the first for a profile and metric is recorded; profiles are put together by our id. */
export function fakeKlaviyo(_clock: VirtualClock, { keysIgnored }: FakeOptions): { vendor: FakeVendor; memory: VendorMemory } {
  const events: { key: string; metric: string; id: string; member: string; value: number; currency: string }[] = [];
  const profiles = new Map<string, { id: string; properties: Rec }>();
  const profileOf = (member: string) => {
    const known = profiles.get(member) ?? { id: `01PROFILE${profiles.size}`, properties: {} };
    profiles.set(member, known);
    return known;
  };
  const record = (attributes: Rec): FakeAnswer => {
    const at = (part: unknown): Rec => ((part as Rec)["data"] as Rec)["attributes"] as Rec;
    const metric = at(attributes["metric"])["name"] as string;
    const member = at(attributes["profile"])["external_id"] as string;
    const id = attributes["unique_id"] as string;
    const key = JSON.stringify([member, metric, id]);
    profileOf(member);
    if (keysIgnored || !events.some((one) => one.key === key))
      events.push({ key, metric, id, member, value: attributes["value"] as number, currency: attributes["value_currency"] as string });
    return { status: 202 };
  };
  const put = (attributes: Rec): FakeAnswer => {
    const external = attributes["external_id"] as string;
    const status = profiles.has(external) ? 200 : 201;
    const profile = profileOf(external);
    Object.assign(profile.properties, attributes["properties"]);
    const links = { self: `https://a.klaviyo.example/api/profiles/${profile.id}` };
    const data = { type: "profile", id: profile.id, attributes: { external_id: external, properties: profile.properties }, links };
    return { status, body: structuredClone({ data, links }) };
  };
  const vendor: FakeVendor = {
    rules: rules(),
    answer: ({ operation, headers, body }) => {
      if (headers["authorization"] !== "Klaviyo-API-Key klaviyo-test" || headers["revision"] !== "2026-07-15")
        return { status: 401, body: { errors: [{ id: "1", code: "not_authenticated", title: "no key", detail: "no key" }] } };
      const { attributes } = (body as { data: { attributes: Rec } }).data;
      return operation === "create_event" ? record(attributes) : put(attributes);
    },
    repeatable: () => true,
  };
  const documents = (): BookedDocument[] => [
    ...events.map(({ metric, id, member, value, currency }) => ({
      reference: `${metric} ${id} of ${member}`,
      total: String(Math.round(value * 100)) as Amount,
      currency,
    })),
    ...[...profiles].map(([member, { properties }]) => profileDocument(member, properties["tier"])),
  ];
  return { vendor, memory: { documents, points: () => ({}) } };
}

const profileDocument = (member: string, tier: unknown): BookedDocument => ({
  reference: `profile ${member} ${JSON.stringify(tier)}`,
  total: "0" as Amount,
  currency: "",
});

/** One event for each side of each document of a member, and a profile for each member who was told of. */
export function expectedAtKlaviyo(items: readonly DeliveryItem[]): { documents: BookedDocument[]; points: Record<string, number> } {
  const tiers = new Map<string, unknown>();
  for (const { transaction } of items) {
    if (transaction.transactionType === "MemberChange") tiers.set(transaction.memberChange.memberRef, transaction.memberChange.tier);
    const member = isRetail(transaction) ? transaction.loyalty?.memberRef : undefined;
    if (member !== undefined) tiers.set(member, tiers.get(member));
  }
  const events = items.flatMap(planDocuments).flatMap((document) => {
    const { transaction, role } = document;
    const member = transaction.loyalty?.memberRef ?? "";
    const { sold, returned, grand } = saleParts(transaction);
    const back = returned.reduce((total, { gross }) => total + gross, 0n);
    const event = (side: "sale" | "return", total: bigint): BookedDocument => ({
      reference:
        role === "post"
          ? `${METRICS[side]} ${document.reference}-${side} of ${member}`
          : `${METRICS[side]} Taken Back ${document.of}-${side}-r of ${member}`,
      total: String(total) as Amount,
      currency: transaction.currency,
    });
    return [...(sold.length > 0 ? [event("sale", grand + back)] : []), ...(back > 0n ? [event("return", back)] : [])];
  });
  return { documents: [...events, ...[...tiers].map(([member, tier]) => profileDocument(member, tier))], points: {} };
}
