import { pseudonymSchema, TillsyncError, type Pseudonym } from "@tillsync/sync-protocol";
import { pseudonymise, retailerPseudonymKey } from "../keys/pseudonym.ts";
import { readMember } from "../reference/read/read-member.ts";
import { readReference } from "../reference/store/in-reference.ts";
import { freshAt } from "../reference/store/positions.ts";
import type { MemberFound, MembersAnswer } from "../window-api/look-up.ts";
import type { LookUpDeps } from "./find-products.ts";

/**
 * The member whose number was typed or scanned, or whose pseudonym it is. The number is turned into its pseudonym as it is
 * when a sale is captured; it is kept nowhere, and no log or error has it. Throws `enrol.required` before enrolment, when
 * this terminal's pseudonyms name nobody anywhere else, and `store.*`.
 */
export function findMembers(deps: LookUpDeps, text: string): MembersAnswer {
  const enrolment = deps.enrolment();
  if (enrolment === undefined) throw new TillsyncError("enrol.required");
  const ids: Pseudonym[] = [pseudonymise(retailerPseudonymKey(enrolment.pseudonymKey), "member", text)];
  const given = pseudonymSchema.safeParse(text);
  if (given.success) ids.push(given.data);
  const rows = ids.flatMap((id) => findMember(deps, id) ?? []);
  return { rows, asOfMs: readReference(deps.reference, (file) => freshAt(file, "members")) };
}

function findMember({ reference }: LookUpDeps, id: Pseudonym): MemberFound | undefined {
  const member = readMember(reference, id);
  if (member === undefined) return undefined;
  const { programme, tier, customerGroup, points, state } = member;
  return {
    id,
    programme: programme ?? null,
    tier: tier ?? null,
    customerGroup: customerGroup ?? null,
    points: points ?? null,
    state,
  };
}
