import { sumAmounts, type Amount, type Tender } from "@tillsync/sync-protocol";
import { controlKindOf, mapControl } from "./map-control.ts";
import { given, mapHeader } from "./map-header.ts";
import { tenderTypeNamed } from "./map-tenders.ts";
import type { MapSettings } from "./map-transaction.ts";
import { looseAmount, readAmount, readMoney, type Money } from "./money.ts";
import type { XmlNode } from "./read-tree.ts";
import { attributeOf, child, find, firstText, localNameOf } from "./tree.ts";

/** Elements that say what a tender control transaction is about, by local name: GK and others give them namespaces of their own. */
const KINDS: ReadonlyArray<readonly [pattern: RegExp, kind: string]> = [
  [/^PaidIn$/i, "paidIn"],
  [/^PaidOut$/i, "paidOut"],
  [/Loan/i, "loan"],
  [/Pickup/i, "pickup"],
  [/SafeDrop/i, "safeDrop"],
  [/Deposit/i, "bankDeposit"],
  [/Settle|TillCount|SafeCount/i, "tillCount"],
];

/** Maps money that moves without a sale. `NoSale`, which ARTS files here, is a control transaction: no money moves. */
export function mapTenderControl(transaction: XmlNode, body: XmlNode, settings: MapSettings): unknown {
  if (body.children.some((node) => controlKindOf(node) === "noSale")) return mapControl(transaction, body, settings);
  const header = mapHeader(transaction, body, settings);
  const money = readMoney(transaction, body, settings.config.defaultCurrency);
  const node = body.children.find((c) => KINDS.some(([pattern]) => pattern.test(localNameOf(c))));
  const kind = node === undefined ? "other" : (KINDS.find(([pattern]) => pattern.test(localNameOf(node)))?.[1] ?? "other");
  const counts = node === undefined ? [] : countsOf(node, money);
  return {
    transactionType: "TenderControl",
    ...header,
    tenderControl: {
      kind,
      ...given("reason", firstText(node, ["Reason", "ReasonCode", "Description"]) ?? firstText(body, ["Reason", "ReasonCode"])),
      ...money,
      ...given("amount", node === undefined ? undefined : amountIn(node, body, money)),
      ...given("overShort", overShort(node, money)),
      ...given("counts", counts.length === 0 ? undefined : counts),
    },
  };
}

/** The sum that moved: said once, or as the sum of several tenders. */
function amountIn(node: XmlNode, body: XmlNode, money: Money): Amount | undefined {
  const named = node.children.find((c) => /^(Amount|TotalAmount|DropAmount|TenderTotal)$/.test(localNameOf(c)) && c.text !== "");
  if (named !== undefined) return readAmount(named, money, "tenderControl.amount");
  const tenders = [...all(node, "Tender"), ...all(body, "Tender")]
    .map((tender) => child(tender, "Amount"))
    .filter((amount) => amount !== undefined && amount.text !== "");
  if (tenders.length > 0)
    return sumAmounts(new Set(tenders).values().map((amount) => readAmount(amount as XmlNode, money, "tenderControl.amount")));
  const nested = find(node, "Amount");
  return nested === undefined || nested.text === "" || KINDS_WITHOUT_AMOUNT.test(localNameOf(node))
    ? undefined
    : readAmount(nested, money, "tenderControl.amount");
}

/** A count has many amounts and no sum of its own. */
const KINDS_WITHOUT_AMOUNT = /Settle|Count/i;

const all = (node: XmlNode, name: string): XmlNode[] => node.children.flatMap((c) => (localNameOf(c) === name ? [c] : []));

interface Count {
  type: Tender["type"];
  declared?: Amount;
  expected?: Amount;
}

/** What was counted and what should be there, by tender. */
function countsOf(node: XmlNode, money: Money): Count[] {
  return all(node, "TenderSummary")
    .slice(0, 50)
    .map((summary) => ({
      type: tenderTypeNamed(
        attributeOf(summary, "TenderType") ??
          attributeOf(find(summary, "TenderType") ?? summary, "TenderType") ??
          find(summary, "TenderType")?.text,
      ),
      ...given("declared", sumIn(summary, ["Ending", "Declared", "Counted"], money)),
      ...given("expected", sumIn(summary, ["Expected", "System", "Balance"], money)),
    }));
}

function sumIn(summary: XmlNode, names: readonly string[], money: Money): Amount | undefined {
  for (const name of names) {
    const holder = find(summary, name);
    const amount =
      holder === undefined ? undefined : looseAmount(holder.children.length === 0 ? holder.text : find(holder, "Amount")?.text, money);
    if (amount !== undefined) return amount;
  }
  return undefined;
}

function overShort(node: XmlNode | undefined, money: Money): Amount | undefined {
  const over = find(node, "Over");
  const short = find(node, "Short");
  const read = (holder: XmlNode | undefined): Amount | undefined =>
    looseAmount(holder === undefined ? undefined : holder.children.length === 0 ? holder.text : find(holder, "Amount")?.text, money);
  const plus = read(over);
  const less = read(short);
  if (plus === undefined && less === undefined) return undefined;
  return (BigInt(plus ?? "0") - BigInt((less ?? "0").replace("-", ""))).toString() as Amount;
}
