import { transactionSchema, type Transaction } from "@tillsync/sync-protocol";
import { NEW_MEMBERS, PROGRAMME } from "./assortment.ts";
import { posTime } from "./build-receipt.ts";
import { nextRecord, type DayState, type MemberState } from "./day-state.ts";
import { shoppersOf } from "./sell.ts";

/** Someone joins, who may shop as a member from then on; or a member's tier, consents or habits change. */
export function changeMember(state: DayState): Transaction {
  const { random } = state;
  const next = NEW_MEMBERS[state.enrolled.length];
  const consents = { email: random.chance(70), sms: random.chance(30), profiling: random.chance(50) };
  if (next !== undefined && random.chance(60)) {
    state.enrolled.push(next);
    const attributes = { preferredStore: state.store, language: "de", memberSince: state.businessDay, receipts: "digital" };
    return tell(state, next, "enrolled", { tier: "basic", consents }, { attributes });
  }
  const ref = random.pick(shoppersOf(state));
  return tell(state, ref, "updated", random.chance(50) ? { tier: random.pick(["silver", "gold"]) } : { consents });
}

/** The member who joined last leaves again at the end of the day. */
export function loseMember(state: DayState): Transaction[] {
  const ref = state.enrolled.at(-1);
  return ref === undefined ? [] : [tell(state, ref, "left", {})];
}

function tell(
  state: DayState,
  memberRef: string,
  kind: MemberState["kind"],
  news: Pick<MemberState, "tier" | "consents">,
  more: object = {},
): Transaction {
  const { identity, end } = nextRecord(state);
  state.members.set(memberRef, { ...state.members.get(memberRef), ...news, kind });
  return transactionSchema.parse({
    schemaVersion: 1,
    transactionType: "MemberChange",
    identity,
    status: "completed",
    end: posTime(end),
    memberChange: { memberRef, kind, programme: PROGRAMME, ...news, ...more },
  });
}
