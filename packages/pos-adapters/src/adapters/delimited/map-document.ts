import {
  checkBalance,
  computeTotals,
  negateAmount,
  parseAmount,
  TillsyncError,
  ZERO,
  type Amount,
  type Balance,
  type Decimal,
  type Line,
  type Tender,
} from "@tillsync/sync-protocol";
import { isGtin } from "../../kit/cards/iin.ts";
import { absDecimal, isNegativeDecimal, negateDecimal } from "../../kit/fields/decimal.ts";
import type { ClassifiedRow, GroupMoney, MapSettings } from "./map-group.ts";
import { decimalsOf, multiplyToMinor, readNumber } from "./numbers.ts";
import { fits, needValue, readColumn, readValue, type Row } from "./read-value.ts";

/** The two documents that rows can be. */
export const mapDocument = { receipt, stock };

/**
 * A receipt. Where the file tells of no total, the sum of its rows stands as the reported grand total: the export is the
 * POS's own statement. The balance then is `unreported`, since there is nothing to compare it with. Where it tells a
 * total but no tenders, the total alone is compared.
 */
function receipt(common: object, rows: readonly ClassifiedRow[], money: GroupMoney, settings: MapSettings): unknown {
  const { mapping, context, patterns } = settings;
  const first = rows[0]?.row ?? new Map<string, string>();
  const lines = rows.map((row, index) => mapLine(row, index, money, settings));
  const tenders = mapTenders(first, money, settings);
  const computed = computeTotals({ lines, tenders, reported: {} });
  const printed = mapping.total === undefined ? undefined : amountIn(first, mapping.total.column, money, settings, "total");
  const reported = { grand: printed ?? computed.grand };
  const customer =
    mapping.customer === undefined ? undefined : readColumn(first, mapping.customer.column, mapping.customer.match, patterns);
  const member = mapping.member === undefined ? undefined : readColumn(first, mapping.member.column, mapping.member.match, patterns);
  return {
    transactionType: "RetailTransaction",
    ...common,
    ...money,
    lines,
    tenders,
    reported,
    computed,
    balance: balanceOf(printed, lines, tenders, mapping.tenders !== undefined),
    customerRef: customer === undefined ? undefined : context.pseudonymise("customer", customer),
    loyalty: member === undefined ? undefined : { memberRef: context.pseudonymise("member", member) },
  };
}

function balanceOf(printed: Amount | undefined, lines: Line[], tenders: Tender[], tellsTenders: boolean): Balance {
  if (printed === undefined && !tellsTenders) return { state: "unreported" };
  const computed = computeTotals({ lines, tenders, reported: {} });
  const grand = printed ?? computed.grand;
  const told = tellsTenders ? computed : { ...computed, tenders: grand };
  return checkBalance({ lines, tenders: tellsTenders ? tenders : [], reported: { grand } }, told);
}

function stock(common: object, rows: readonly ClassifiedRow[], settings: MapSettings): unknown {
  const { mapping, patterns } = settings;
  return {
    transactionType: "Inventory",
    ...common,
    inventory: {
      kind: "adjustment",
      reason: rows[0]?.reason,
      items: rows.map(({ row }, index) => ({
        itemId: needValue(mapping.line.itemId, row, patterns, `inventory.items[${index}].itemId`).slice(0, 100),
        description: readValue(mapping.line.description, row, patterns),
        quantity: quantityOf(row, settings, `inventory.items[${index}].quantity`),
      })),
    },
  };
}

/** The signs of a line follow its kind: what comes back is negative, a void is the opposite of a sale. */
function mapLine({ row, kind }: ClassifiedRow, index: number, money: GroupMoney, settings: MapSettings): Line {
  const { mapping, patterns } = settings;
  const where = `lines[${index}]`;
  const quantity = quantityOf(row, settings, `${where}.quantity`);
  const price = mapping.line.unitPrice === undefined ? undefined : priceOf(row, settings, where);
  const amount = amountOf(row, quantity.value, price, money, settings, where);
  const comesBack = kind === "return" || (kind !== "void" && isNegativeDecimal(quantity.value));
  const turn = comesBack || kind === "void";
  const gtin = readValue(mapping.line.gtin, row, patterns)?.padStart(14, "0");
  return {
    line: index + 1,
    action: kind === "void" ? "void" : comesBack ? "return" : "sale",
    itemType: mapping.itemTypes.find((rule) => fits(rule.when, row, patterns, mapping.format))?.as ?? "stock",
    itemId: needValue(mapping.line.itemId, row, patterns, `${where}.itemId`).slice(0, 100),
    ...(gtin !== undefined && /^[0-9]{14}$/.test(gtin) && isGtin(Array.from(gtin, Number)) ? { gtin } : {}),
    ...optional("description", readValue(mapping.line.description, row, patterns)),
    ...optional("department", readValue(mapping.line.department, row, patterns)?.slice(0, 100)),
    quantity: turn ? { ...quantity, value: negateDecimal(absDecimal(quantity.value)) } : quantity,
    ...optional("actualUnitPrice", price),
    extendedAmount: turn && amount !== ZERO ? minusAbs(amount) : amount,
    ...optional("taxes", taxesOf(row, turn, money, settings, where)),
  };
}

const minusAbs = (amount: Amount): Amount => (amount.startsWith("-") ? amount : negateAmount(amount));

const optional = <K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } =>
  (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };

function quantityOf(row: Row, { mapping, patterns }: MapSettings, where: string): { value: Decimal; uom: string } {
  const text = needValue(mapping.line.quantity, row, patterns, where);
  const value = readNumber(text, typeof mapping.line.quantity === "string" ? PLAIN : mapping.format);
  if (value === undefined) throw new TillsyncError("capture.amount-invalid", where);
  return { value, uom: (readValue(mapping.line.uom, row, patterns) ?? "EA").slice(0, 20) };
}

const PLAIN = { decimalSeparator: "." } as const;

function priceOf(row: Row, { mapping, patterns }: MapSettings, where: string): Decimal {
  const price = readNumber(needValue(mapping.line.unitPrice, row, patterns, `${where}.unitPrice`), mapping.format);
  if (price === undefined || decimalsOf(price) > mapping.priceDecimalsMax)
    throw new TillsyncError("capture.amount-invalid", `${where}.unitPrice`);
  return price;
}

function amountOf(
  row: Row,
  quantity: Decimal,
  price: Decimal | undefined,
  money: GroupMoney,
  settings: MapSettings,
  where: string,
): Amount {
  const { mapping, patterns } = settings;
  if (mapping.line.amount !== undefined)
    return toAmount(needValue(mapping.line.amount, row, patterns, `${where}.amount`), money, settings, `${where}.amount`);
  const product = price === undefined ? undefined : multiplyToMinor(quantity, price, money.exponent, mapping.rounding);
  if (product === undefined) throw new TillsyncError("capture.amount-invalid", `${where}.amount`);
  return product;
}

function toAmount(text: string, money: GroupMoney, { mapping }: MapSettings, where: string): Amount {
  const number = readNumber(text, mapping.format);
  const parsed = number === undefined ? undefined : parseAmount(number, money.exponent);
  if (parsed?.ok !== true) throw new TillsyncError("capture.amount-invalid", where);
  return parsed.amount;
}

function amountIn(row: Row, column: string, money: GroupMoney, settings: MapSettings, where: string): Amount | undefined {
  const text = (row.get(column) ?? "").trim();
  return text === "" ? undefined : toAmount(text, money, settings, where);
}

function taxesOf(row: Row, turn: boolean, money: GroupMoney, settings: MapSettings, where: string): Line["taxes"] {
  const { mapping, patterns } = settings;
  const source = mapping.line.tax;
  const text = source === undefined ? undefined : readValue(source.amount, row, patterns);
  if (source === undefined || text === undefined) return undefined;
  const amount = toAmount(text, money, settings, `${where}.taxes[0].amount`);
  const rate = readNumber((readValue(source.rate, row, patterns) ?? "").replace(/%$/, ""), mapping.format);
  return [
    { ...optional("rate", rate), amount: turn && amount !== ZERO ? minusAbs(amount) : amount, includedInPrice: source.includedInPrice },
  ];
}

function mapTenders(row: Row, money: GroupMoney, settings: MapSettings): Tender[] {
  const tenders: Tender[] = [];
  for (const source of settings.mapping.tenders ?? []) {
    const amount = amountIn(row, source.amount.column, money, settings, `tenders[${tenders.length}].amount`);
    if (amount === undefined || amount === ZERO) continue;
    const type = typeof source.type === "string" ? source.type : (source.type.map[(row.get(source.type.column) ?? "").trim()] ?? "other");
    tenders.push({ line: tenders.length + 1, type, use: amount.startsWith("-") ? "refund" : "sale", amount });
  }
  return tenders;
}
