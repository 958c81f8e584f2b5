import { closeSync, openSync, writeSync } from "node:fs";
import { createSales } from "../sales/sales.ts";

const FIRST_INVOICE = 536_365;

/** Writes invoices in the columns of the UCI Online Retail data set, as `examples/mappings/uci-online-retail.json` reads them. */
export function writeCsv(path: string, invoices: number): void {
  const generator = createSales();
  const file = openSync(path, "w");
  try {
    writeSync(file, "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\r\n");
    for (let i = 0; i < invoices; i += 1) writeSync(file, rowsOf(generator.next().transaction, FIRST_INVOICE + i));
  } finally {
    closeSync(file);
  }
}

function rowsOf(transaction: ReturnType<ReturnType<typeof createSales>["next"]>["transaction"], invoice: number): string {
  if (transaction.transactionType !== "RetailTransaction") throw new Error("a generated transaction is a sale");
  const time = transaction.end?.local.replace("T", " ");
  const customer = 12_346 + (invoice % 4_000);
  // Quoted, since sizes are written with commas; every tenth holds a quote, as sizes in inches do.
  return transaction.lines
    .map(({ itemId, description, quantity, actualUnitPrice }, i) => {
      const text = (invoice + i) % 10 === 0 ? `"${description} 7"" TALL"` : `"${description}"`;
      return `${invoice},${itemId},${text},${Math.ceil(Number(quantity.value))},${time},${actualUnitPrice},${customer}.0,United Kingdom\r\n`;
    })
    .join("");
}
