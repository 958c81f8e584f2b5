import type { MemberChangeTransaction } from "@tillsync/sync-protocol";
import type { KlaviyoRequest } from "./map.ts";

type MemberChange = MemberChangeTransaction["memberChange"];

/**
 * What is told of a member as properties of the profile that bears the pseudonym. Consents are told as they are known at
 * the till; whether Klaviyo may write to someone is its own subscription, which nothing here touches.
 */
export function planProfile({ memberRef, kind, programme, tier, consents, attributes = {} }: MemberChange): KlaviyoRequest {
  const { preferredStore, language, segment, memberSince, receipts } = attributes;
  const given = Object.entries(consents ?? {}).map(([use, isGiven]) => [`consent_${use}`, isGiven]);
  const told = {
    membership: kind === "left" ? "left" : "member",
    programme,
    tier,
    preferred_store: preferredStore,
    language,
    segment,
    member_since: memberSince,
    receipts,
    ...(Object.fromEntries(given) as Record<string, boolean>),
  };
  const properties = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
  return { kind: "profile", reference: memberRef, body: { data: { type: "profile", attributes: { external_id: memberRef, properties } } } };
}
