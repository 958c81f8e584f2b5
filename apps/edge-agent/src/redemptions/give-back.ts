import { hash } from "node:crypto";
import { assert, availableOf, epoch as epochNumber, redemptionIdSchema, type Amount } from "@tillsync/sync-protocol";
import { appendMany } from "../journal/append-many.ts";
import { enrolledAs, placeOf } from "./context.ts";
import { entryItem } from "./entry-item.ts";
import { isHeard } from "./is-heard.ts";
import { addToLease, recalledLeases, reservedOf, type LeaseRow } from "./lease-rows.ts";
import { accountOfKey } from "./redemption-rows.ts";
import type { RedemptionDeps } from "./redemptions.ts";

/**
 * Gives back what the cloud asks for and nobody here has promised. The entry and the counter are one transaction: once it
 * is on disk the rights are gone from here, whenever the cloud hears of it. Returns how many leases it gave from.
 */
export function giveBackRecalled(deps: RedemptionDeps): number {
  if (deps.terminal() === undefined || !isHeard(deps.store)) return 0;
  let given = 0;
  for (const lease of recalledLeases(deps.store)) if (giveBack(deps, lease)) given += 1;
  return given;
}

function giveBack(deps: RedemptionDeps, lease: LeaseRow): boolean {
  const { store } = deps;
  const unused = availableOf(lease, reservedOf(store, lease.account, lease.epoch));
  if (unused === 0n) return false;
  const enrolled = enrolledAs(deps);
  // What was given back in all names the act: the counter only grows, so no two have one name.
  const name = hash("sha256", lease.account, "base64url").replaceAll("_", ".").slice(0, 22);
  const item = entryItem(enrolled.terminal, placeOf(store, enrolled, undefined), {
    kind: "returned",
    account: accountOfKey(lease.account),
    amount: String(unused) as Amount,
    unit: lease.unit,
    redemptionId: redemptionIdSchema.parse(`back-${name}-${lease.returned + unused}`),
    epoch: epochNumber(lease.epoch),
  });
  appendMany(store, [item], {
    alongside: ([outcome]) => {
      assert(outcome?.kind === "appended", "quota is given back once");
      addToLease(store, lease, { returned: unused });
    },
  });
  return true;
}
