import {
  TillsyncError,
  TRANSACTION_SCHEMA_VERSION,
  type BusinessDay,
  type Identity,
  type PosTime,
  type ReceiptReference,
} from "@tillsync/sync-protocol";
import { readDay, readPosTime } from "../../kit/fields/pos-time.ts";
import type { MapSettings } from "./map-transaction.ts";
import type { XmlNode } from "./read-tree.ts";
import { attributeOf, child, firstText, idText, isFlagged, textOf } from "./tree.ts";

/** The parts that every transaction has, as the model names them. */
export interface Header {
  readonly schemaVersion: typeof TRANSACTION_SCHEMA_VERSION;
  readonly identity: Identity;
  readonly status: "completed" | "cancelled" | "suspended" | "postVoided";
  readonly trainingMode?: true;
  readonly offline?: true;
  readonly outsideSales?: true;
  readonly transactionId?: string;
  readonly receiptNumber?: string;
  readonly operatorId?: string;
  readonly begin?: PosTime;
  readonly end?: PosTime;
  readonly extensions?: Record<string, Record<string, string>>;
}

/** Reads who, where, when and in what state. Throws `capture.field-missing` for a part of the natural key. */
export function mapHeader(transaction: XmlNode, body: XmlNode | undefined, settings: MapSettings): Header {
  const begin = timeOf(transaction, body, ["BeginDateTime", "StartDateTimestamp"], settings);
  const end = timeOf(transaction, body, ["EndDateTime", "ReceiptDateTime", "POSLogDateTime", "EndDateTimestamp"], settings);
  const { config } = settings;
  const operator = textOf(transaction, "OperatorID");
  const identity: Identity = {
    store: config.store ?? required(storeOf(transaction), "RetailStoreID"),
    workstation: required(idText(textOf(transaction, "WorkstationID")), "WorkstationID"),
    businessDay: businessDayOf(transaction) ?? dayOf(begin ?? end),
    sequence: required(textOf(transaction, "SequenceNumber"), "SequenceNumber"),
    ...(config.naturalKey?.includeBegin === true ? { discriminator: required((begin ?? end)?.local, "BeginDateTime") } : {}),
  };
  const voided = isFlagged(transaction, ["VoidedFlag", "VoidFlag"]);
  return {
    schemaVersion: TRANSACTION_SCHEMA_VERSION,
    identity,
    status: statusOf(transaction, body),
    ...(isFlagged(transaction, ["TrainingModeFlag"]) ? { trainingMode: true as const } : {}),
    ...(isFlagged(transaction, ["OfflineFlag", "KeyedOfflineFlag"]) ? { offline: true as const } : {}),
    ...(isFlagged(transaction, ["OutsideSalesFlag"]) || isFlagged(body, ["OutsideSalesFlag"]) ? { outsideSales: true as const } : {}),
    ...given("transactionId", idText(textOf(transaction, "TransactionID"))),
    ...given("receiptNumber", idText(firstText(transaction, ["ReceiptNumber"]) ?? textOf(body, "ReceiptNumber"))),
    ...given(
      "operatorId",
      operator === undefined
        ? undefined
        : config.includeOperatorId === true
          ? idText(operator)
          : settings.context.pseudonymise("operator", operator),
    ),
    ...given("begin", begin),
    ...given("end", end),
    ...(voided ? { extensions: { poslog: { voidedFlag: "true" } } } : {}),
  };
}

/** `{[key]: value}`, or nothing for `undefined`. */
export const given = <K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } =>
  (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };

function required(value: string | undefined, field: string): string {
  if (value === undefined) throw new TillsyncError("capture.field-missing", field);
  return value;
}

/** POSLog 2: `RetailStoreID`; 6: `BusinessUnit/UnitID`, or the text of `BusinessUnit`. */
function storeOf(node: XmlNode | undefined): string | undefined {
  const unit = child(node, "BusinessUnit");
  return idText(textOf(node, "RetailStoreID") ?? textOf(unit, "UnitID") ?? unit?.text);
}

/** `BusinessDayDate`, also as `BusinessDayDate/Date`. Throws when it is there and no day. */
function businessDayOf(node: XmlNode | undefined): BusinessDay | undefined {
  const holder = child(node, "BusinessDayDate");
  const text = holder === undefined ? undefined : (textOf(holder, "Date") ?? (holder.text === "" ? undefined : holder.text));
  if (text === undefined) return undefined;
  const day = readDay(text);
  if (day === undefined) throw new TillsyncError("capture.field-invalid", "BusinessDayDate");
  return day;
}

function dayOf(time: PosTime | undefined): BusinessDay {
  const day = time === undefined ? undefined : readDay(time.local);
  if (day === undefined) throw new TillsyncError("capture.field-missing", "BusinessDayDate");
  return day;
}

/** A time that cannot be read is left out: it orders nothing, and a sale is not worth less for it. */
function timeOf(transaction: XmlNode, body: XmlNode | undefined, names: readonly string[], { zone }: MapSettings): PosTime | undefined {
  const text = firstText(transaction, names) ?? firstText(body, names);
  return text === undefined ? undefined : readPosTime(text, zone);
}

const CANCELLED = ["CancelFlag", "CancelledFlag", "CanceledFlag"];
const SUSPENDED = ["SuspendFlag", "SuspendedFlag"];

function statusOf(transaction: XmlNode, body: XmlNode | undefined): Header["status"] {
  const stated = (
    attributeOf(body, "TransactionStatus") ??
    attributeOf(transaction, "TransactionStatus") ??
    textOf(body, "TransactionStatus") ??
    ""
  ).toLowerCase();
  if (isFlagged(transaction, CANCELLED) || isFlagged(body, CANCELLED) || /^(cancel|abort)/.test(stated)) return "cancelled";
  if (isFlagged(transaction, SUSPENDED) || isFlagged(body, SUSPENDED) || stated.startsWith("suspend")) return "suspended";
  if (/^(voided|failed|deleted)$/.test(stated)) return "cancelled";
  return isPostVoid(transaction, body, stated) ? "postVoided" : "completed";
}

/** A transaction that reverses another: said by its status, by an element, or by the reason of its link. */
function isPostVoid(transaction: XmlNode, body: XmlNode | undefined, stated: string): boolean {
  if (/^post-?void/.test(stated) || child(transaction, "PostVoidTransaction") !== undefined || child(body, "PostVoid") !== undefined)
    return true;
  return linksOf(transaction, body).some((link) => VOID_REASON.test(attributeOf(link, "ReasonCode") ?? textOf(link, "ReasonCode") ?? ""));
}

export const VOID_REASON = /^(post-?)?void/i;

/** Links of the whole transaction to others: on it, or on its body. */
export const linksOf = (transaction: XmlNode, body: XmlNode | undefined): readonly XmlNode[] =>
  [...transaction.children, ...(body?.children ?? [])].filter((c) => c.name === "TransactionLink");

/** Reads a reference to another receipt. Store, workstation and day default to nothing: what is not named is not known. */
export function mapReference(link: XmlNode): ReceiptReference {
  const line = firstText(link, ["LineItemSequenceNumber", "LineItemNumber"]);
  const day =
    child(link, "BusinessDayDate") === undefined
      ? undefined
      : readDay(textOf(child(link, "BusinessDayDate"), "Date") ?? textOf(link, "BusinessDayDate") ?? "");
  return {
    ...given("store", storeOf(link)),
    ...given("workstation", idText(textOf(link, "WorkstationID"))),
    ...given("businessDay", day),
    ...given("sequence", idText(firstText(link, ["SequenceNumber", "TransactionSequenceNumber"]))),
    ...given("line", line !== undefined && /^[0-9]{1,9}$/.test(line) ? Number(line) : undefined),
    ...given("receiptNumber", idText(firstText(link, ["ReceiptNumber", "ReceiptID"]))),
    ...given("transactionId", idText(textOf(link, "TransactionID"))),
  };
}
