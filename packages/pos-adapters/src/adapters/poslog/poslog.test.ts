import { isRetail, type Transaction } from "@tillsync/sync-protocol";
import { describe, expect, test } from "vitest";
import type { AdapterOutput } from "../../kit/adapter.ts";
import { RECORD_BYTES_MAX, XML_ATTRIBUTES_MAX, XML_DEPTH_MAX, XML_TEXT_MAX, XML_WRAPPERS_MAX } from "../../kit/limits.ts";
import { parseAll, testContext } from "../../kit/testing/index.ts";
import { configSchema } from "./config.ts";
import { poslog } from "./index.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = (text: string | Uint8Array, config: unknown = {}): AdapterOutput[] =>
  parseAll(poslog, configSchema.parse(config), typeof text === "string" ? encode(text) : text);
const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

const header = (sequence: number, extra = ""): string =>
  `<RetailStoreID>1</RetailStoreID><WorkstationID>2</WorkstationID><SequenceNumber>${sequence}</SequenceNumber><BusinessDayDate>2026-05-04</BusinessDayDate>${extra}`;
const signOn = (sequence: number, extra = ""): string =>
  `<Transaction>${header(sequence)}<ControlTransaction><SignOn/>${extra}</ControlTransaction></Transaction>`;
const sale = (body: string, attributes = "", extra = "<CurrencyCode>EUR</CurrencyCode>"): string =>
  `<Transaction ${attributes}>${header(1, extra)}<RetailTransaction>${body}</RetailTransaction></Transaction>`;
const item = (amount: string, extra = "", kind = "Sale", flags = ""): string =>
  `<LineItem ${flags}><${kind}><ItemID>A</ItemID><ExtendedAmount>${amount}</ExtendedAmount><Quantity>1</Quantity>${extra}</${kind}></LineItem>`;
const cash = (amount: string, extra = "", flags = ""): string =>
  `<LineItem ${flags}><Tender TenderType="Cash"><Amount>${amount}</Amount>${extra}</Tender></LineItem>`;
const total = (amount: string): string => `<Total TotalType="TransactionGrandAmount">${amount}</Total>`;

const codes = (outputs: readonly AdapterOutput[]): string[] =>
  outputs.map((o) => (o.kind === "transaction" ? o.transaction.identity.sequence : o.code));
const only = (outputs: readonly AdapterOutput[]): Transaction => {
  expect(outputs).toHaveLength(1);
  const [output] = outputs;
  if (output?.kind !== "transaction") throw new Error(JSON.stringify(output));
  return output.transaction;
};
const receipt = (text: string, config?: unknown) => {
  const transaction = only(parse(text, config));
  if (!isRetail(transaction)) throw new Error(transaction.transactionType);
  return transaction;
};

describe("a whole document", () => {
  const whole = `<?xml version="1.0"?>\n<POSLog>${signOn(1)}</POSLog>`;
  test.each([
    ["closed", whole, true],
    ["closed, with space and a comment behind it", `${whole} <!-- end -->\n`, true],
    ["two documents", `${whole}\n${whole}`, true],
    ["not closed", whole.slice(0, -1), false],
    ["the beginning of another one", `${whole}<POSLog>`, false],
    ["the beginning of a mark", `${whole}<`, false],
    ["a comment without its end", `${whole}<!-- `, false],
    ["text behind it", `${whole}x`, false],
    ["zeros of a file that was made at its full size", `${whole}\0\0`, false],
    ["a lone transaction, which others may follow", signOn(1), false],
    ["an envelope that is not closed", `<s:E xmlns:s="urn:soap">${whole}`, false],
    ["nothing", "", false],
  ])("%s", (_name, text, isWhole) => {
    const session = poslog.open(configSchema.parse({}), testContext);
    for (const output of session.write(encode(text))) expect(output.kind).toBe("transaction");
    expect(session.isWhole?.()).toBe(isWhole);
  });

  test("also where its end is read on from a checkpoint", () => {
    const two = `<POSLog>${signOn(1)}${signOn(2)}</POSLog>`;
    const cut = two.indexOf("</POSLog>");
    const first = poslog.open(configSchema.parse({}), testContext);
    const taken = [...first.write(encode(two.slice(0, cut)))].length;
    expect(first.isWhole?.()).toBe(false);
    const rest = poslog.open(configSchema.parse({}), testContext, first.checkpoint());
    expect([...rest.write(encode(two.slice(first.checkpoint().offset)))]).toHaveLength(2 - taken);
    expect(rest.isWhole?.()).toBe(true);
  });
});

describe("documents", () => {
  test.each([
    ["a lone transaction", signOn(1), ["1"]],
    [
      "any prefix",
      signOn(1)
        .replace(/<(\/?)/g, "<$1pos:")
        .replace("<pos:Transaction>", '<pos:Transaction xmlns:pos="http://www.nrf-arts.org/IXRetail/namespace/">'),
      ["1"],
    ],
    ["an unknown namespace", `<POSLog xmlns="urn:house">${signOn(1)}</POSLog>`, ["1"]],
    [
      "a SOAP envelope",
      `<s:Envelope xmlns:s="urn:soap"><s:Header><Id>5</Id></s:Header><s:Body><POSLog>${signOn(1)}</POSLog></s:Body></s:Envelope>`,
      ["1"],
    ],
    [
      "documents one after the other",
      `<?xml version="1.0"?><POSLog>${signOn(1)}</POSLog>\n<?xml version="1.0"?><POSLog>${signOn(2)}</POSLog>`,
      ["1", "2"],
    ],
    ["one that was never closed before the next", `<POSLog>${signOn(1)}\n<POSLog>${signOn(2)}</POSLog>`, ["1", "2"]],
    ["the same number twice", `<POSLog>${signOn(1)}${signOn(1)}</POSLog>`, ["1", "1"]],
    [
      "comments and CDATA with marks inside",
      `<POSLog><!-- <Transaction> > --><!----><![CDATA[ ]]>${signOn(1, "<!-- </Transaction> --><x><![CDATA[</Transaction>]]></x>")}</POSLog>`,
      ["capture.malformed", "1"].slice(1),
    ],
    ["no POSLog at all", "<html><body>Bad gateway</body></html>", ["capture.malformed"]],
    ["plain text", "not xml", ["capture.malformed"]],
    ["an empty POSLog", "<POSLog/>", []],
    ["an empty transaction", "<POSLog><Transaction/></POSLog>", ["capture.field-missing"]],
    ["a document cut between transactions", `<POSLog>${signOn(1)}`, ["1", "capture.truncated"]],
    ["a transaction without its end", `<POSLog><Transaction>${header(1)}</POSLog>`, ["capture.malformed"]],
    [
      "attributes with marks",
      `<POSLog><Transaction note="a > b">${header(3)}<ControlTransaction><SignOn/></ControlTransaction></Transaction></POSLog>`,
      ["3"],
    ],
  ])("reads %s", (_, text, expected) => expect(codes(parse(text))).toEqual(expected));

  test.each([
    ["a document type", `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><POSLog>${signOn(1)}</POSLog>`, ["capture.dtd-refused"]],
    ["one after a good transaction", `<POSLog>${signOn(1)}<!DOCTYPE x>${signOn(2)}</POSLog>`, ["1", "capture.dtd-refused"]],
    ["one inside a transaction", `<POSLog><Transaction><!ENTITY a "x">${header(1)}</Transaction></POSLog>`, ["capture.dtd-refused"]],
  ])("refuses %s and all behind it", (_, text, expected) => {
    const outputs = parse(text);
    expect(codes(outputs)).toEqual(expected);
    expect(outputs.at(-1)?.range[1]).toBe(encode(text).length);
  });

  test("keeps byte offsets exact behind characters of several bytes", () => {
    const before = `<POSLog><!-- Grüße € 😀 -->`;
    const outputs = parse(`${before}${signOn(1)}</POSLog>`);
    expect(outputs[0]?.range).toEqual([encode(before).length, encode(before + signOn(1)).length]);
  });
});

describe("encodings", () => {
  const text = (declared: string): string =>
    `<?xml version="1.0" encoding="${declared}"?><POSLog>${signOn(1, "<ReasonCode>Größe</ReasonCode>")}</POSLog>`;
  const reason = (outputs: AdapterOutput[]): unknown => {
    const t = only(outputs);
    return t.transactionType === "Control" ? t.control.reason : undefined;
  };
  test("follows the declaration", () => expect(reason(parse(latin1(text("ISO-8859-1"))))).toBe("Größe"));
  test("follows the configuration before the declaration", () =>
    expect(reason(parse(latin1(text("UTF-8")), { encoding: "windows-1252" }))).toBe("Größe"));
  test("follows a byte order mark before both", () =>
    expect(reason(parse(`\ufeff${text("ISO-8859-1")}`, { encoding: "iso-8859-1" }))).toBe("Größe"));
  test("sets a wrong encoding aside, and only the record that shows it", () => {
    const bytes = latin1(`<POSLog>${signOn(1)}${signOn(2, "<ReasonCode>Größe</ReasonCode>")}${signOn(3)}</POSLog>`);
    expect(codes(parse(bytes))).toEqual(["1", "capture.encoding", "3"]);
  });
  test("sets a file of an unknown encoding aside whole", () => expect(codes(parse(text("EBCDIC-CP-US")))).toEqual(["capture.encoding"]));
});

describe("limits", () => {
  const nested = (depth: number): string => signOn(1, `${"<x>".repeat(depth)}${"</x>".repeat(depth)}`);
  test("of depth", () => {
    // Transaction and ControlTransaction are two of the levels.
    expect(codes(parse(nested(XML_DEPTH_MAX - 2)))).toEqual(["1"]);
    expect(codes(parse(nested(XML_DEPTH_MAX - 1)))).toEqual(["capture.too-complex"]);
  });
  test("of attributes", () => {
    const attributed = (n: number): string => signOn(1, `<x ${Array.from({ length: n }, (_, i) => `a${i}="1"`).join(" ")}/>`);
    expect(codes(parse(attributed(XML_ATTRIBUTES_MAX)))).toEqual(["1"]);
    expect(codes(parse(attributed(XML_ATTRIBUTES_MAX + 1)))).toEqual(["capture.too-complex"]);
  });
  test("of text, but not where it is dropped", () => {
    expect(codes(parse(signOn(1, `<x>${"a".repeat(XML_TEXT_MAX)}</x>`)))).toEqual(["1"]);
    expect(codes(parse(signOn(1, `<x>${"a".repeat(XML_TEXT_MAX + 1)}</x>`)))).toEqual(["capture.too-complex"]);
    expect(codes(parse(signOn(1, `<ReceiptImage>${"a".repeat(XML_TEXT_MAX + 1)}</ReceiptImage>`)))).toEqual(["1"]);
  });
  test("of a record, and the next one is read", () => {
    const padded = (bytes: number): string => signOn(1, `<svg>${"a".repeat(bytes - signOn(1, "<svg></svg>").length)}</svg>`);
    expect(codes(parse(`<POSLog>${padded(RECORD_BYTES_MAX)}${signOn(2)}</POSLog>`))).toEqual(["1", "2"]);
    expect(codes(parse(`<POSLog>${padded(RECORD_BYTES_MAX + 1)}${signOn(2)}</POSLog>`))).toEqual(["capture.limit", "2"]);
  });
  test("of wrappers", () => {
    const wrapped = (n: number): string => `${"<w>".repeat(n)}${signOn(1)}${"</w>".repeat(n)}`;
    expect(codes(parse(wrapped(XML_WRAPPERS_MAX)))).toEqual(["1"]);
    expect(codes(parse(wrapped(XML_WRAPPERS_MAX + 1)))).toEqual(["capture.too-complex"]);
  });
});

describe("states", () => {
  const body = item("1.00") + cash("1.00") + total("1.00");
  test.each([
    ['CancelFlag="true"', "cancelled"],
    ['CancelledFlag="1"', "cancelled"],
    ['SuspendedFlag="true"', "suspended"],
    ['TransactionStatus="Suspended"', "suspended"],
    ['OfflineFlag="true"', "completed"],
  ])("%s is %s", (flag, status) => expect(receipt(sale(body, flag)).status).toBe(status));
  test("training is told", () => expect(receipt(sale(body, 'TrainingModeFlag="true"')).trainingMode).toBe(true));
  test("a receipt that was voided afterwards stays a receipt, and says so", () => {
    expect(receipt(sale(body, 'VoidedFlag="true"'))).toMatchObject({ status: "completed", extensions: { poslog: { voidedFlag: "true" } } });
  });
  test("a cancelled transaction without content is kept as a used number", () => {
    expect(only(parse(`<Transaction CancelFlag="true">${header(9)}</Transaction>`))).toMatchObject({
      transactionType: "Control",
      status: "cancelled",
    });
  });
  test("the begin time joins the natural key where configured", () => {
    const text = sale(body, "", "<BeginDateTime>2026-05-04T10:00:00</BeginDateTime><CurrencyCode>EUR</CurrencyCode>");
    expect(receipt(text, { naturalKey: { includeBegin: true } }).identity.discriminator).toBe("2026-05-04T10:00:00");
  });
  test("store and operator follow the configuration", () => {
    const text = sale(body, "", '<OperatorID OperatorName="Jane">17</OperatorID><CurrencyCode>EUR</CurrencyCode>');
    expect(receipt(text, { store: "berlin-1", includeOperatorId: true })).toMatchObject({
      identity: { store: "berlin-1" },
      operatorId: "17",
    });
    expect(receipt(text).operatorId).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });
});

describe("money", () => {
  test.each([
    [
      "voids that repeat the amount, when only that balances",
      item("5.00") + item("5.00", "", "Sale", 'VoidFlag="true"') + item("2.00") + cash("2.00") + total("2.00"),
      ["500", "-500", "200"],
    ],
    [
      "voids in place, when only that balances",
      item("5.00", "", "Sale", 'VoidFlag="true"') + item("2.00") + cash("2.00") + total("2.00"),
      ["500", "-500", "200"],
    ],
    [
      "voids with signs",
      item("5.00") + item("-5.00", "", "Sale", 'VoidFlag="true"') + item("2.00") + cash("2.00") + total("2.00"),
      ["500", "-500", "200"],
    ],
    [
      "returns printed without sign",
      item("3.00", "", "Return") +
        '<LineItem><Tender TenderType="Cash" TypeCode="Refund"><Amount>3.00</Amount></Tender></LineItem>' +
        total("-3.00"),
      ["-300"],
    ],
  ])("reads %s", (_, body, amounts) => {
    const { lines, balance } = receipt(sale(body));
    expect(lines.map((line) => line.extendedAmount)).toEqual(amounts);
    expect(balance).toEqual({ state: "ok" });
  });
  test("a printed total of a return without sign is turned", () => {
    const refund = '<LineItem><Tender TenderType="Cash" TypeCode="Refund"><Amount>3.00</Amount></Tender></LineItem>';
    expect(receipt(sale(item("3.00", "", "Return") + refund + total("3.00")))).toMatchObject({
      reported: { grand: "-300" },
      balance: { state: "ok" },
    });
  });
  test.each([
    ["on top", "1.19", false],
    ["in the price", "1.00", true],
  ])("a tax that does not say is %s when that balances", (_, grand, included) => {
    const tax = "<LineItem><Tax><Amount>0.19</Amount><Percent>19</Percent></Tax></LineItem>";
    expect(receipt(sale(item("1.00") + tax + cash(grand) + total(grand)))).toMatchObject({
      taxes: [{ includedInPrice: included }],
      balance: { state: "ok" },
    });
  });
  test("a receipt that cannot balance is captured with its mismatch", () => {
    expect(receipt(sale(item("1.00") + cash("1.00") + total("9.99"))).balance).toEqual({
      state: "mismatch",
      grandDelta: "-899",
      tenderDelta: "-899",
    });
  });
  test.each([
    ["JPY", "500", "500"],
    ["KWD", "1.125", "1125"],
    ["EUR", "1.500", "150"],
  ])("%s %s is %s minor units", (currency, text, minor) => {
    expect(receipt(sale(item(text) + cash(text) + total(text), "", `<CurrencyCode>${currency}</CurrencyCode>`)).reported.grand).toBe(minor);
  });
  test.each([
    ["JPY", "1.5", "capture.amount-invalid"],
    ["EUR", "1.005", "capture.amount-invalid"],
    ["EUR", "0.30000000000000004", "capture.amount-invalid"],
    ["EUR", "1,50", "capture.amount-invalid"],
    ["ZZZ", "1", "capture.currency-unknown"],
    ["XXX", "1", "capture.currency-unknown"],
  ])("%s %s is set aside", (currency, text, code) => {
    expect(codes(parse(sale(item(text) + cash(text) + total(text), "", `<CurrencyCode>${currency}</CurrencyCode>`)))).toEqual([code]);
  });
  test("a missing currency comes from the configuration", () => {
    expect(receipt(sale(item("1") + cash("1") + total("1"), "", ""), { defaultCurrency: "CHF" }).currency).toBe("CHF");
  });
  test("foreign cash keeps both amounts", () => {
    const foreign =
      "<ForeignCurrency><CurrencyCode>USD</CurrencyCode><OriginalFaceAmount>1.20</OriginalFaceAmount><ExchangeRate>0.9</ExchangeRate></ForeignCurrency>";
    expect(receipt(sale(item("1.08") + cash("1.08", foreign) + total("1.08"))).tenders).toEqual([
      { line: 2, type: "foreignCash", use: "sale", amount: "108", foreign: { amount: "1.20", currency: "USD", rate: "0.9" } },
    ]);
  });
  test("a basket of 120 lines", () => {
    const body = Array.from({ length: 120 }, () => item("1.00")).join("") + cash("120.00") + total("120.00");
    expect(receipt(sale(body))).toMatchObject({ balance: { state: "ok" }, reported: { grand: "12000" } });
  });
});

describe("times", () => {
  const at = (end: string, day: string, timeZone?: string) => {
    const text = signOn(1).replace("<BusinessDayDate>2026-05-04</BusinessDayDate>", `${day}<EndDateTime>${end}</EndDateTime>`);
    return only(parse(text, timeZone === undefined ? {} : { timeZone }));
  };
  const day = "<BusinessDayDate>2026-10-24</BusinessDayDate>";
  test.each([
    ["2026-10-25T02:30:00", "Europe/Berlin", { offset: "+02:00", utc: "2026-10-25T00:30:00Z", quality: "guessed" }],
    ["2026-03-29T02:30:00", "Europe/Berlin", { offset: "+01:00", utc: "2026-03-29T01:30:00Z", quality: "guessed" }],
    ["2026-03-29T01:59:59", "Europe/Berlin", { offset: "+01:00", utc: "2026-03-29T00:59:59Z", quality: "derived" }],
    ["2026-03-29T03:00:00", "Europe/Berlin", { offset: "+02:00", utc: "2026-03-29T01:00:00Z", quality: "derived" }],
    ["2026-04-05T01:45:00", "Australia/Lord_Howe", { offset: "+11:00", quality: "guessed" }],
    ["2026-01-01T00:30:00-0500", "Europe/Berlin", { offset: "-05:00", utc: "2026-01-01T05:30:00Z", quality: "stated" }],
    ["2026-01-01T00:30:00", undefined, { quality: "local" }],
  ])("%s in %s", (end, zone, expected) => expect(at(end, day, zone).end).toMatchObject(expected));
  test("a sale after midnight keeps the old business day", () =>
    expect(at("2026-10-25T00:10:00", day).identity.businessDay).toBe("2026-10-24"));
  test("a missing business day is that of the time", () => expect(at("2026-10-25T00:10:00", "").identity.businessDay).toBe("2026-10-25"));
});

test("an unknown time zone or a spelling mistake in the configuration is named", () => {
  expect(configSchema.safeParse({ timeZone: "Mars/Base" }).success).toBe(false);
  expect(configSchema.safeParse({ timezone: "Europe/Berlin" }).success).toBe(false);
});
