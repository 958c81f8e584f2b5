import { divideRounded, exact } from "../decimals.ts";

/** A record of the fake, by its fields. */
export type Row = Record<string, unknown> & { id: number };
type Values = Readonly<Record<string, unknown>>;

/** As much of Tryton 6.0's behaviour as the connector relies on, in memory; `testing/fake-tryton.ts` puts it on the wire. */
export interface FakeBooks {
  readonly tables: ReadonlyMap<string, Row[]>;
  /** Runs one method of a model. Throws `FakeError` for what Tryton answers as an error; nothing is changed then. */
  run(model: string, method: string, args: readonly unknown[]): unknown;
}

export class FakeError extends Error {}

const RATES: Record<string, bigint> = { "VAT 19": 19n, "VAT 7": 7n, "VAT 0": 0n };
const COMPANY = 1;

const seeded = (): Map<string, Row[]> =>
  new Map<string, Row[]>([
    [
      "product.product",
      ["milk", "pan", "screws"].map((code, at) => product(at + 1, code, "goods")).concat(product(9, "ROUNDING", "service")),
    ],
    ["product.uom", ["u", "kg"].map((symbol, at) => ({ id: at + 1, symbol }))],
    ["account.tax", Object.keys(RATES).map((name, at) => ({ id: at + 1, name }))],
    [
      "account.invoice.payment.method",
      ["Cash", "Card"].map((name, at) => ({ id: at + 1, name, journal: 3, debit_account: 20 + at, credit_account: 20 + at })),
    ],
    ["party.party", [{ id: 2, code: "WALK-IN", addresses: [2] }]],
    ["currency.currency", [{ id: 1, code: "EUR" }]],
    [
      "stock.location",
      [
        { id: 4, code: "S1", type: "warehouse", storage_location: 5, output_location: 5, lost_found_location: 6 },
        { id: 7, code: "", type: "customer" },
      ],
    ],
  ]);

const product = (id: number, code: string, type: string): Row => ({ id, code, type, sale_uom: 1, default_uom: 1 });

/** `breaks` may throw, as an administrator's rule does, before a method runs. */
export function openFakeBooks(breaks: (model: string, method: string, args: readonly unknown[]) => void = () => undefined): FakeBooks {
  const tables = seeded();
  let nextId = 100;
  const table = (model: string): Row[] => {
    const rows = tables.get(model) ?? [];
    tables.set(model, rows);
    return rows;
  };
  const books: Books = {
    table,
    insert: (model, values) => {
      const row = { ...values, id: nextId++ };
      table(model).push(row);
      return row;
    },
    byIds: (model, ids) => table(model).filter(({ id }) => (ids as number[]).includes(id)),
    remove: (model, ids) =>
      tables.set(
        model,
        table(model).filter(({ id }) => !(ids as number[]).includes(id)),
      ),
  };
  return {
    tables,
    run: (model, method, args) => {
      breaks(model, method, args);
      if (method === "search_read") return search(books, model, args);
      if (method === "search_count") return 0;
      const known = methods[model]?.[method];
      if (known === undefined) throw new FakeError(`["'${model}.${method}'",""]`);
      return known(books, args);
    },
  };
}

interface Books {
  table(model: string): Row[];
  insert(model: string, values: Values): Row;
  byIds(model: string, ids: unknown): Row[];
  remove(model: string, ids: unknown): void;
}
type Method = (books: Books, args: readonly unknown[]) => unknown;

function search(books: Books, model: string, [domain, , , , fields]: readonly unknown[]): unknown {
  const shown = model === "sale.sale" ? books.table(model).map((row) => ({ ...row, ...saleFields(books, row) })) : books.table(model);
  return shown
    .filter((row) => matches(row, domain as unknown[]))
    .map((row) => Object.fromEntries(["id", ...(fields as string[])].map((name) => [name, (row as Row)[name] ?? null])));
}

function matches(row: Values, domain: readonly unknown[]): boolean {
  if (domain[0] === "OR") return domain.slice(1).some((part) => matches(row, [part]));
  return domain.every((part) => {
    const [field, operator, value] = part as [string, string, unknown];
    if (Array.isArray(field) || field === "OR") return matches(row, part as unknown[]);
    if (operator === "in") return (value as unknown[]).includes(row[field]);
    return operator === "=" ? row[field] === value : row[field] !== value;
  });
}

/** What Tryton reckons about a sale. */
function saleFields(books: Books, sale: Row): Values {
  const lines = books.table("sale.line").filter((line) => line["sale"] === sale.id);
  const total = lines.reduce((sum, line) => sum + lineTotal(books, line), 0n);
  const moves = books.table("stock.move").filter((move) => lines.some(({ id }) => id === move["line"]));
  const invoice = books.table("account.invoice").find((one) => one["sale"] === sale.id);
  const sent = moves.every((move) => move["state"] === "done");
  return {
    total_amount: money(total),
    moves: moves.map(({ id }) => id),
    invoices: invoice === undefined ? [] : [invoice.id],
    invoice_state: invoice === undefined ? "none" : invoice["state"] === "paid" ? "paid" : "waiting",
    shipment_state: moves.length === 0 ? "none" : sent ? "sent" : "waiting",
  };
}

function lineTotal(books: Books, line: Row): bigint {
  const quantity = exact(String(line["quantity"]));
  const price = exact((line["unit_price"] as { decimal: string }).decimal);
  const net = divideRounded(quantity.digits * price.digits * 100n, 10n ** BigInt(quantity.scale + price.scale));
  const taxes = books.byIds("account.tax", line["taxes"]);
  return taxes.reduce((sum, tax) => sum + divideRounded(net * (RATES[String(tax["name"])] ?? 0n), 100n), net);
}

const money = (minor: bigint) => {
  const text = (minor < 0n ? -minor : minor).toString().padStart(3, "0");
  return { __class__: "Decimal", decimal: `${minor < 0n ? "-" : ""}${text.slice(0, -2)}.${text.slice(-2)}` };
};
export const minorOf = (value: unknown): bigint => {
  const { digits, scale } = exact((value as { decimal: string }).decimal);
  return digits * 10n ** BigInt(2 - Math.min(2, scale));
};

const createdIn = (commands: unknown): Values[] =>
  (commands as [string, Values[]][] | undefined)?.flatMap(([command, rows]) => (command === "create" ? rows : [])) ?? [];
const idsIn = (commands: unknown, wanted: string): number[] =>
  (commands as [string, number[]][] | undefined)?.flatMap(([command, ids]) => (command === wanted ? ids : [])) ?? [];

function addLines(books: Books, sale: number, commands: unknown): void {
  for (const { moves, taxes, ...line } of createdIn(commands)) {
    const { id } = books.insert("sale.line", { ...line, sale, taxes: idsIn(taxes, "add") });
    for (const move of createdIn(moves)) books.insert("stock.move", { ...move, line: id, state: "draft" });
  }
}

/** A button: those in a state that it does not leave from are passed over in silence. */
const button =
  (model: string, from: readonly string[], to: string, then?: (books: Books, row: Row) => void): Method =>
  (books, [ids]) => {
    for (const row of books.byIds(model, ids)) {
      if (!from.includes(String(row["state"]))) continue;
      row["state"] = to;
      then?.(books, row);
    }
    return null;
  };

const createDraft =
  (model: string): Method =>
  (books, [list]) =>
    (list as Values[]).map((values) => books.insert(model, { ...values, state: "draft" }).id);

/** Ids and their values, one behind the other; the context comes last. */
const writePairs =
  (write: (books: Books, ids: readonly number[], values: Values) => void): Method =>
  (books, args) => {
    for (let at = 0; at + 1 < args.length; at += 2) write(books, args[at] as number[], args[at + 1] as Values);
    return null;
  };

/** Tryton's own conclusion: an invoice for a confirmed sale, and done when goods and money are. */
function processSale(books: Books, sale: Row): void {
  const { invoices } = saleFields(books, sale) as { invoices: number[] };
  if (invoices.length === 0)
    books.insert("account.invoice", { sale: sale.id, state: "draft", invoice_date: null, account: 10, lines_to_pay: [] });
  const { invoice_state: paid, shipment_state: sent } = saleFields(books, sale);
  sale["state"] = paid === "paid" && (sent === "sent" || sent === "none") ? "done" : "processing";
}

const methods: Record<string, Record<string, Method>> = {
  "sale.sale": {
    create: (books, [list]) =>
      (list as Values[]).map(({ lines, ...values }) => {
        const sale = books.insert("sale.sale", { ...values, state: "draft" });
        addLines(books, sale.id, lines);
        return sale.id;
      }),
    write: writePairs((books, ids, { lines }) => {
      for (const [command, changed, change] of lines as [string, number[], Values][])
        if (command === "write") for (const line of books.byIds("sale.line", changed)) Object.assign(line, change);
      for (const { id } of books.byIds("sale.sale", ids)) addLines(books, id, lines);
    }),
    quote: button("sale.sale", ["draft"], "quotation"),
    draft: button("sale.sale", ["quotation"], "draft"),
    confirm: button("sale.sale", ["quotation"], "confirmed", processSale),
    process: (books, [ids]) => {
      for (const sale of books.byIds("sale.sale", ids))
        if (["confirmed", "processing"].includes(String(sale["state"]))) processSale(books, sale);
      return null;
    },
    cancel: button("sale.sale", ["draft", "quotation"], "cancelled"),
  },
  "stock.move": {
    do: (books, [ids]) => {
      for (const move of books.byIds("stock.move", ids)) {
        move["state"] = "done";
        const line = books.byIds("sale.line", [move["line"]])[0];
        const [sale] = books.byIds("sale.sale", [line?.["sale"]]);
        if (sale !== undefined) processSale(books, sale);
      }
      return null;
    },
    cancel: button("stock.move", ["draft"], "cancelled"),
  },
  "account.invoice": {
    write: writePairs((books, ids, values) => {
      for (const invoice of books.byIds("account.invoice", ids)) Object.assign(invoice, values);
    }),
    post: (books, [ids]) => {
      for (const invoice of books.byIds("account.invoice", ids)) postInvoice(books, invoice);
      return null;
    },
  },
  "account.move": {
    create: (books, [list]) =>
      (list as Values[]).map(({ lines, ...values }) => {
        const { id } = books.insert("account.move", { ...values, state: "draft" });
        for (const line of createdIn(lines)) books.insert("account.move.line", { ...line, move: id, reconciliation: null });
        return id;
      }),
    post: (books, [ids]) => {
      const moves = books.byIds("account.move", ids);
      if (moves.some((move) => move["state"] !== "draft"))
        throw new FakeError('["UserError",["You cannot modify a posted move.","",null]]');
      for (const move of moves) move["state"] = "posted";
      return null;
    },
    delete: (books, [ids]) => {
      const moves = books.byIds("account.move", ids);
      if (moves.length < (ids as number[]).length) throw new FakeError('["UserError",["You are not allowed to read them.","",null]]');
      if (moves.some((move) => move["state"] !== "draft")) throw new FakeError('["UserError",["It is posted.","",null]]');
      books.remove("account.move", ids);
      return null;
    },
  },
  "account.move.reconciliation": {
    create: (books, [list]) =>
      (list as Values[]).map((values) => {
        const lines = books.byIds("account.move.line", idsIn(values["lines"], "add"));
        const open = lines.reduce((sum, line) => sum + minorOf(line["debit"]) - minorOf(line["credit"]), 0n);
        if (open !== 0n) throw new FakeError('["UserError",["The lines do not balance","",null]]');
        const { id } = books.insert("account.move.reconciliation", values);
        for (const line of lines) line["reconciliation"] = id;
        for (const invoice of books.table("account.invoice")) concludeInvoice(books, invoice);
        return id;
      }),
  },
  "stock.inventory": {
    create: createDraft("stock.inventory"),
    confirm: button("stock.inventory", ["draft"], "done"),
    cancel: button("stock.inventory", ["draft"], "cancelled"),
  },
  "stock.shipment.internal": {
    create: createDraft("stock.shipment.internal"),
    wait: button("stock.shipment.internal", ["draft"], "waiting"),
    assign_force: button("stock.shipment.internal", ["waiting"], "assigned"),
    done: button("stock.shipment.internal", ["assigned"], "done"),
    cancel: button("stock.shipment.internal", ["draft", "waiting", "assigned"], "cancelled"),
  },
};

function postInvoice(books: Books, invoice: Row): void {
  if (invoice["state"] === "draft") {
    const [sale] = books.byIds("sale.sale", [invoice["sale"]]);
    const total = sale === undefined ? 0n : minorOf(saleFields(books, sale)["total_amount"]);
    const move = books.insert("account.move", { description: "", state: "posted" });
    const sides = total < 0n ? { debit: money(0n), credit: money(-total) } : { debit: money(total), credit: money(0n) };
    const line = books.insert("account.move.line", { ...sides, account: invoice["account"], move: move.id, reconciliation: null });
    Object.assign(invoice, {
      state: "posted",
      invoice_date: invoice["invoice_date"] ?? TODAY,
      lines_to_pay: total === 0n ? [] : [line.id],
    });
    if (total === 0n) books.remove("account.move.line", [line.id]);
  }
  concludeInvoice(books, invoice);
}

const TODAY = { __class__: "date", year: 2026, month: 11, day: 22 };

function concludeInvoice(books: Books, invoice: Row): void {
  const lines = books.byIds("account.move.line", invoice["lines_to_pay"]);
  if (invoice["state"] !== "posted" || !lines.every((line) => line["reconciliation"] !== null)) return;
  invoice["state"] = "paid";
  const [sale] = books.byIds("sale.sale", [invoice["sale"]]);
  if (sale !== undefined) processSale(books, sale);
}

export const FAKE_COMPANY = COMPANY;
