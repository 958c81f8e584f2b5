import { decimal } from "./money.ts";
import { TENDER_NAMES, VERSION } from "./poslog-names.ts";
import { printReceipt } from "./print-receipt.ts";
import type { ControlEvent, MoneyMovement, TillTransaction } from "./till-transaction.ts";
import { element, printElement, text, type Element } from "./xml.ts";

export const POSLOG_OPEN = '<?xml version="1.0" encoding="UTF-8"?>\n<POSLog xmlns="http://www.nrf-arts.org/IXRetail/namespace/">\n';
export const POSLOG_CLOSE = "</POSLog>\n";

/** One `Transaction` element of ARTS POSLog 2.2, indented to stand inside `POSLog`. */
export function printTransaction(transaction: TillTransaction): string {
  const { header } = transaction;
  const flags = transaction.type === "retail" ? receiptFlags(transaction.status, transaction.training) : {};
  const node = element("Transaction", flags, [
    text("RetailStoreID", header.store),
    text("WorkstationID", header.workstation),
    text("SequenceNumber", header.sequence),
    text("BusinessDayDate", header.businessDay),
    text("BeginDateTime", header.begin),
    text("EndDateTime", header.end),
    text("OperatorID", header.operator),
    text("CurrencyCode", header.currency),
    body(transaction),
  ]);
  return printElement(node, 1);
}

const receiptFlags = (status: string, training: boolean): Record<string, string | undefined> => ({
  CancelFlag: status === "cancelled" ? "true" : undefined,
  TrainingModeFlag: training ? "true" : undefined,
});

function body(transaction: TillTransaction): Element {
  switch (transaction.type) {
    case "retail":
      return printReceipt(transaction);
    case "control":
      return printControl(transaction);
    case "money":
      return printMovement(transaction);
  }
}

function printControl(event: ControlEvent): Element {
  const { header } = event;
  switch (event.kind) {
    case "signOn":
      return element("ControlTransaction", VERSION, [element("OperatorSignOn", {}, [text("StartDateTimestamp", header.begin)])]);
    case "signOff":
      return element("ControlTransaction", VERSION, [element("OperatorSignOff", {}, [text("EndDateTimestamp", header.end)])]);
    case "noSale":
      return element("ControlTransaction", VERSION, [text("ReasonCode", "Change for customer"), text("NoSale", header.end)]);
    case "zReport":
      return element("ControlTransaction", VERSION, [printZReport(event)]);
  }
}

function printZReport({ header, report }: ControlEvent): Element {
  if (report === undefined) throw new Error("a Z report without figures");
  return element("ZReport", {}, [
    text("ReportNumber", report.number),
    text("TransactionCount", report.receipts),
    text("GrandTotal", decimal(report.grand, header.exponent)),
    ...[...report.byTender].map(([kind, amount]) =>
      element("TenderTotal", { TenderType: TENDER_NAMES[kind] }, [text("Amount", decimal(amount, header.exponent))]),
    ),
  ]);
}

function printMovement(movement: MoneyMovement): Element {
  const { exponent } = movement.header;
  return element("TenderControlTransaction", VERSION, [
    element(movement.kind === "paidIn" ? "PaidIn" : "PaidOut", {}, [
      element("Tender", { TenderType: "Cash" }, [text("Amount", decimal(movement.amount, exponent))]),
      text("Amount", decimal(movement.amount, exponent)),
      text("Reason", movement.reason),
    ]),
  ]);
}
