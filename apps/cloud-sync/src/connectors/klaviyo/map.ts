import type { DeliveryItem, Mapped, MissingCode } from "../connector.ts";
import { startTranslation } from "../mapping/translate.ts";
import type { KlaviyoConfig } from "./manifest.ts";
import { planEvents } from "./plan-events.ts";
import { planProfile } from "./plan-profile.ts";

/** One request. `reference`: id of the event, or of the member. */
export interface KlaviyoRequest {
  readonly kind: "event" | "profile";
  readonly reference: string;
  readonly body: { readonly data: Readonly<Record<string, unknown>> };
}

export type Planned =
  | { readonly kind: "plan"; readonly requests: readonly KlaviyoRequest[] }
  | { readonly kind: "nothing"; readonly reason: string }
  | { readonly kind: "mapping-missing"; readonly missing: readonly MissingCode[] }
  | { readonly kind: "rejected"; readonly detail: string };

/** What an item becomes at Klaviyo: events of its member, or a change of the member's profile. Pure. */
export function planItem(item: DeliveryItem, config: KlaviyoConfig): Planned {
  const { transaction } = item;
  if (transaction.transactionType === "MemberChange") {
    const counts = transaction.status === "completed" && transaction.trainingMode !== true;
    return counts
      ? { kind: "plan", requests: [planProfile(transaction.memberChange)] }
      : { kind: "nothing", reason: "no change of a member" };
  }
  const translation = startTranslation(config.mapping);
  const requests = planEvents(item, translation, config);
  if (translation.missing.length > 0) return { kind: "mapping-missing", missing: translation.missing };
  if (requests.includes("inexact")) return { kind: "rejected", detail: "an amount of more digits than a number there tells exactly" };
  const events = requests.filter((one) => one !== "inexact");
  return events.length === 0 ? { kind: "nothing", reason: "no member bought or returned anything" } : { kind: "plan", requests: events };
}

/** The requests of an item for the dry run. */
export function mapItem(item: DeliveryItem, config: KlaviyoConfig): Mapped {
  const planned = planItem(item, config);
  if (planned.kind !== "plan") return planned;
  return {
    kind: "requests",
    requests: planned.requests.map(({ kind, reference, body }) => ({ reference, what: `POST ${PATHS[kind]}`, body })),
  };
}

export const PATHS = { event: "/api/events", profile: "/api/profile-import" } as const;
