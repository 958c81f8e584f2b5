import type { RetailTransaction } from "@tillsync/sync-protocol";
import { given } from "./map-header.ts";
import type { MapSettings } from "./map-transaction.ts";
import type { XmlNode } from "./read-tree.ts";
import { attributeOf, child, children, find, firstText, idText, textOf } from "./tree.ts";

/** Who was there, as pseudonyms. Names, addresses, birthdays and card numbers beside them are not read. */
export function mapCustomer(
  body: XmlNode,
  transaction: XmlNode,
  settings: MapSettings,
): Partial<Pick<RetailTransaction, "customerRef" | "loyalty" | "employeeSale">> {
  const customer = child(body, "Customer") ?? child(transaction, "Customer");
  const customerId = realId(firstText(customer, ["CustomerID", "AlternateID"]));
  const account = child(body, "LoyaltyAccount") ?? child(customer, "LoyaltyAccount") ?? membershipOf(body);
  const member = realId(memberOf(account));
  const employee = /employee/i.test(attributeOf(customer, "CustomerType") ?? "") || child(body, "EmployeeSale") !== undefined;
  const points = (name: string): number | undefined => {
    const text = find(account, name)?.text;
    return text !== undefined && /^-?[0-9]{1,9}$/.test(text) ? Number(text) : undefined;
  };
  const loyalty = {
    ...given(
      "programme",
      idText(firstText(account, ["LoyaltyProgramID", "ProgramID"]) ?? textOf(child(account, "LoyaltyProgram"), "LoyaltyProgramID")),
    ),
    ...given("memberRef", member === undefined ? undefined : settings.context.pseudonymise("member", member)),
    ...given("pointsEarned", points("PointsAwarded") ?? points("PointsEarned")),
    ...given("pointsRedeemed", points("PointsRedeemed")),
  };
  return {
    ...given("customerRef", customerId === undefined ? undefined : settings.context.pseudonymise("customer", customerId)),
    ...given("loyalty", Object.keys(loyalty).length === 0 ? undefined : loyalty),
    ...(employee ? { employeeSale: true as const } : {}),
  };
}

function membershipOf(body: XmlNode): XmlNode | undefined {
  for (const item of children(body, "LineItem")) {
    const found = child(item, "acs:LoyaltyMembership") ?? child(item, "LoyaltyAccount") ?? child(item, "LoyaltyMembership");
    if (found !== undefined) return found;
  }
  return undefined;
}

function memberOf(account: XmlNode | undefined): string | undefined {
  return (
    firstText(account, ["acs:LoyaltyID", "LoyaltyID", "LoyaltyAccountID", "MembershipID"]) ??
    firstText(child(account, "LoyaltyCard"), ["PrimaryAccountNumber", "CardNumber"]) ??
    firstText(account, ["acs:MembershipID", "CustomerID"])
  );
}

/** POS systems fill "nobody" with zeros. */
const realId = (id: string | undefined): string | undefined => (id === undefined || /^0*$/.test(id) ? undefined : id);
