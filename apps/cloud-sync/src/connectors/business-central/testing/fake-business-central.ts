import { createHash } from "node:crypto";
import type { Amount } from "@tillsync/sync-protocol";
import type { BookedDocument } from "../../testing/vendor-fake/expected-effects.ts";
import { TOKEN, withIssuer } from "../../testing/vendor-fake/issue-tokens.ts";
import { loadSpec, type Json } from "../../testing/vendor-fake/load-spec.ts";
import { openApiRules } from "../../testing/vendor-fake/openapi-rules.ts";
import type { FakeOptions, VendorMemory } from "../../testing/vendor-fake/run-scenario.ts";
import type { FakeVendor } from "../../testing/vendor-fake/start-vendor-fake.ts";
import type { FakeAnswer, FakeCall, VendorRules } from "../../testing/vendor-fake/vendor-rules.ts";
import type { VirtualClock } from "../../testing/vendor-fake/virtual-clock.ts";

export const COMPANY = "11111111-2222-4333-8444-555555555555";
export const CLIENT = { clientId: "till", secret: "bc-test" };
const BEARER = "token-of-the-till";
type Collection = "salesInvoices" | "salesCreditMemos";

interface Wish {
  readonly externalDocumentNumber: string;
  readonly currencyCode: string;
  readonly [lines: string]: unknown;
}
interface Held {
  readonly id: string;
  readonly collection: Collection;
  readonly number: string;
  readonly currency: string;
  readonly cents: number;
  readonly atMs: number;
  status: "Draft" | "Open";
}

let rules: VendorRules | undefined;

/**
 * The specification calls dates times, and leaves lines out of the body of their document; the service takes a day alone,
 * and a document with its lines.
 */
const rulesOnce = (): VendorRules =>
  (rules ??= withIssuer(openApiRules(withLines(withDays(loadSpec("business-central/BCOAS1.0.yaml.gz"))), PARTIAL), "/token"));
const PARTIAL = { partialAnswers: ["listSalesInvoices", "listSalesCreditMemos", "postSalesInvoice", "postSalesCreditMemo", "listItems"] };

const DAYS = new Set(["invoiceDate", "creditMemoDate"]);

function withDays<T>(value: T): T {
  if (Array.isArray(value)) return value.map((part: unknown) => withDays(part)) as T;
  if (typeof value !== "object" || value === null) return value;
  const parts = Object.entries(value).map(([key, part]) => [
    key,
    DAYS.has(key) ? { type: "string", format: "date" } : withDays(part as unknown),
  ]);
  return Object.fromEntries(parts) as T;
}

function withLines(spec: Json): Json {
  interface Body {
    content: Record<string, { schema: { properties: Json } }>;
  }
  const { requestBodies } = spec["components"] as { requestBodies: Record<string, Body> };
  for (const [body, lines] of Object.entries({ salesInvoice: "salesInvoiceLine", salesCreditMemo: "salesCreditMemoLine" })) {
    const schema = requestBodies[body]?.content["application/json"]?.schema;
    if (schema === undefined) throw new Error("the specification has changed");
    schema.properties[`${lines}s`] = { type: "array", items: { $ref: `#/components/schemas/${lines}` } };
  }
  return spec;
}

const refuse = (status: number, code: string): FakeAnswer => ({ status, body: { error: { code, message: code } } });
const uuidOf = (text: string): string => {
  const hash = createHash("sha256").update(text).digest("hex");
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
};

/** A small Business Central: documents that are drafts until they are posted, any number under one external number. */
export function fakeBusinessCentral(clock: VirtualClock, { blind }: FakeOptions): { vendor: FakeVendor; memory: VendorMemory } {
  let documents: Held[] = [];
  let made = 0;
  const shown = ({ id, number, status, cents, currency }: Held): Json => ({
    id,
    externalDocumentNumber: number,
    status,
    totalAmountIncludingTax: cents / 100,
    currencyCode: currency,
  });
  const make = (collection: Collection, wish: Wish): FakeAnswer => {
    const lines = wish[collection === "salesInvoices" ? "salesInvoiceLines" : "salesCreditMemoLines"] as {
      quantity: number;
      unitPrice: number;
    }[];
    made += 1;
    const document: Held = {
      id: uuidOf(`document ${made}`),
      collection,
      number: wish.externalDocumentNumber.toUpperCase(),
      currency: wish.currencyCode,
      cents: lines.reduce((total, { quantity, unitPrice }) => total + quantity * Math.round(unitPrice * 100), 0),
      atMs: clock.nowMs(),
      status: "Draft",
    };
    documents.push(document);
    return { status: 201, body: shown(document) };
  };
  const list = (collection: Collection, query: URLSearchParams): FakeAnswer => {
    const [, wanted] = /^externalDocumentNumber eq '([^']*)'$/.exec(query.get("$filter") ?? "") ?? [];
    const all = documents.filter((one) => one.collection === collection && one.number === wanted);
    // A blind one shows what the same attempt has written, and forgets it.
    return { status: 200, body: { value: (blind ? all.filter(({ atMs }) => atMs === clock.nowMs()) : all).map(shown) } };
  };
  const withDocument = (id: string | undefined, act: (document: Held) => FakeAnswer): FakeAnswer => {
    const document = documents.find((one) => one.id === id);
    return document === undefined ? refuse(404, "Internal_RecordNotFound") : act(document);
  };
  const post = (id: string | undefined): FakeAnswer =>
    withDocument(id, (document) => {
      if (document.status !== "Draft") return refuse(400, "BadRequest_PostedDocument");
      document.status = "Open";
      return { status: 204 };
    });
  const remove = (id: string | undefined): FakeAnswer =>
    withDocument(id, (document) => {
      documents = documents.filter((one) => one !== document);
      return { status: 204 };
    });
  const handlers: Readonly<Record<string, (call: FakeCall) => FakeAnswer>> = {
    listItems: ({ query }) => {
      const numbers = [...(query.get("$filter") ?? "").matchAll(/number eq '([^']*)'/g)].map(([, number = ""]) => number.toUpperCase());
      return { status: 200, body: { value: numbers.filter((one) => one !== "UNKNOWN").map((number) => ({ id: uuidOf(number), number })) } };
    },
    listSalesInvoices: ({ query }) => list("salesInvoices", query),
    listSalesCreditMemos: ({ query }) => list("salesCreditMemos", query),
    postSalesInvoice: ({ body }) => make("salesInvoices", body as Wish),
    postSalesCreditMemo: ({ body }) => make("salesCreditMemos", body as Wish),
    postActionSalesInvoices: ({ params }) => post(params["salesInvoice_id"]),
    postActionSalesCreditMemos: ({ params }) => post(params["salesCreditMemo_id"]),
    deleteSalesInvoice: ({ params }) => remove(params["salesInvoice_id"]),
    deleteSalesCreditMemo: ({ params }) => remove(params["salesCreditMemo_id"]),
  };
  const vendor: FakeVendor = {
    rules: rulesOnce(),
    answer: (call) => {
      if (call.operation === TOKEN) return answerToken(call);
      if (call.headers["authorization"] !== `Bearer ${BEARER}`) return refuse(401, "Authentication_InvalidCredentials");
      return handlers[call.operation]?.(call) ?? refuse(404, "Internal_RecordNotFound");
    },
    // A draft that arrives twice has no effect, and the rest is refused.
    repeatable: () => true,
    reads: ({ operation }) => operation === TOKEN || operation.startsWith("list"),
  };
  return { vendor, memory: { documents: () => remembered(documents), points: () => ({}) } };
}

/** Microsoft's issuer takes id and secret in the form. */
function answerToken({ body }: FakeCall): FakeAnswer {
  const form = new URLSearchParams(body as string);
  const isKnown = form.get("client_id") === CLIENT.clientId && form.get("client_secret") === CLIENT.secret;
  if (!isKnown) return { status: 401, body: { error: "invalid_client" } };
  return { status: 200, body: { access_token: BEARER, token_type: "Bearer", expires_in: 172_800 } };
}

/** Posted documents by their number; one of each collection is the two sides of a receipt, more are doubles. */
function remembered(documents: readonly Held[]): BookedDocument[] {
  const posted = documents.filter(({ status }) => status !== "Draft");
  return [...Map.groupBy(posted, ({ number }) => number)].flatMap(([reference, all]) => {
    const times = Math.max(...[...Map.groupBy(all, ({ collection }) => collection).values()].map(({ length }) => length));
    const total = all.reduce((sum, { collection, cents }) => sum + (collection === "salesInvoices" ? cents : -cents), 0);
    return Array.from({ length: times }, () => ({ reference, total: String(total) as Amount, currency: all[0]?.currency ?? "" }));
  });
}
