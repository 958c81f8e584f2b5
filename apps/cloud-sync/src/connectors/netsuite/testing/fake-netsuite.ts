import { generateKeyPairSync, verify } from "node:crypto";
import type { Amount } from "@tillsync/sync-protocol";
import { z } from "zod";
import type { BookedDocument } from "../../testing/vendor-fake/expected-effects.ts";
import type { FakeOptions, VendorMemory } from "../../testing/vendor-fake/run-scenario.ts";
import type { FakeVendor } from "../../testing/vendor-fake/start-vendor-fake.ts";
import type { FakeAnswer, FakeCall, RawRequest, VendorRules } from "../../testing/vendor-fake/vendor-rules.ts";
import type { VirtualClock } from "../../testing/vendor-fake/virtual-clock.ts";
import { zodRules } from "../../testing/vendor-fake/zod-routes.ts";

const pair = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
export const CLIENT = {
  clientId: "integration",
  certificateId: "certificate-1",
  secret: pair.privateKey.export({ type: "pkcs8", format: "pem" }) as string,
};
/** Account of all tenders. Everything else of an entry is sales and taxes. */
export const TENDER_ACCOUNT = "101";
export const CURRENCIES = { EUR: "4", USD: "1" };
const BEARER = "netsuite-token";
const TOKEN_PATH = "/services/rest/auth/oauth2/v1/token";
const ENTRY_PATH = "/services/rest/record/v1/journalEntry/{id}";

const reference = z.strictObject({ id: z.string().regex(/^\d+$/) });
const lineSchema = z.union([
  z.strictObject({ account: reference, memo: z.string(), location: reference, debit: z.number().positive() }),
  z.strictObject({ account: reference, memo: z.string(), location: reference, credit: z.number().positive() }),
]);
const entrySchema = z.strictObject({
  externalId: z.string(),
  tranDate: z.iso.date(),
  memo: z.string(),
  currency: reference,
  line: z.strictObject({ items: z.array(lineSchema).min(2) }),
});
type Entry = z.infer<typeof entrySchema> & { readonly id: string; readonly atMs: number };

const records = zodRules([
  { operation: "get", method: "GET", path: ENTRY_PATH, query: z.strictObject({ expandSubResources: z.literal("true") }) },
  { operation: "put", method: "PUT", path: ENTRY_PATH, query: z.strictObject({ replace: z.literal("line") }), body: entrySchema },
  { operation: "delete", method: "DELETE", path: ENTRY_PATH },
]);
/** The issuer takes a form; everything else is a record. */
const rules: VendorRules = {
  judge: (request: RawRequest) =>
    request.path === TOKEN_PATH && request.method === "POST"
      ? {
          kind: "call",
          call: { operation: "token", params: {}, query: request.query, headers: request.headers, body: new URLSearchParams(request.body) },
        }
      : records.judge(request),
  judgeAnswer: () => undefined,
};

const refuse = (status: number, code: string): FakeAnswer => ({
  status,
  body: { type: "about:blank", title: code, status, "o:errorDetails": [{ detail: code, "o:errorCode": code }] },
});
const cents = (lines: Entry["line"]["items"], side: "debit" | "credit"): number =>
  lines.reduce((total, line) => total + Math.round(((line as { debit?: number; credit?: number })[side] ?? 0) * 100), 0);

/** A small NetSuite: entries that count as soon as they are written, one for each external id. */
export function fakeNetSuite(clock: VirtualClock, { blind, keysIgnored }: FakeOptions): { vendor: FakeVendor; memory: VendorMemory } {
  let entries: Entry[] = [];
  let made = 0;
  const idOf = ({ params }: FakeCall): string => (params["id"] ?? "").replace(/^eid:/, "");
  const find = (call: FakeCall): Entry | undefined => {
    const found = entries.findLast(({ externalId }) => externalId === idOf(call));
    // A blind one shows what the same attempt has written, and forgets it.
    return blind && found?.atMs !== clock.nowMs() ? undefined : found;
  };
  const put = (call: FakeCall): FakeAnswer => {
    const wish = call.body as z.infer<typeof entrySchema>;
    if (wish.externalId !== idOf(call)) return refuse(400, "INVALID_VALUE");
    if (cents(wish.line.items, "debit") !== cents(wish.line.items, "credit")) return refuse(400, "USER_ERROR");
    const before = keysIgnored ? undefined : entries.find(({ externalId }) => externalId === wish.externalId);
    made += before === undefined ? 1 : 0;
    entries = [...entries.filter((one) => one !== before), { ...wish, id: before?.id ?? String(made), atMs: clock.nowMs() }];
    return { status: 204 };
  };
  const handlers: Readonly<Record<string, (call: FakeCall) => FakeAnswer>> = {
    get: (call) => {
      const found = find(call);
      return found === undefined
        ? refuse(404, "NONEXISTENT_ID")
        : { status: 200, body: { ...found, currency: { ...found.currency, refName: "x" } } };
    },
    put,
    delete: (call) => {
      entries = entries.filter(({ externalId }) => externalId !== idOf(call));
      return { status: 204 };
    },
    token: ({ body, headers }) => answerToken(body as URLSearchParams, String(headers["host"])),
  };
  const vendor: FakeVendor = {
    rules,
    answer: (call) => {
      if (call.operation !== "token" && call.headers["authorization"] !== `Bearer ${BEARER}`) return refuse(401, "INVALID_LOGIN");
      return handlers[call.operation]?.(call) ?? refuse(404, "NOT_FOUND");
    },
    repeatable: () => true,
    reads: ({ operation }) => operation === "get" || operation === "token",
  };
  const documents = (): BookedDocument[] =>
    entries.map(({ externalId, line, currency }) => {
      const tenders = line.items.filter(({ account }) => account.id === TENDER_ACCOUNT);
      const total = cents(tenders, "debit") - cents(tenders, "credit");
      return { reference: externalId, total: String(total) as Amount, currency: currency.id === CURRENCIES.EUR ? "EUR" : "USD" };
    });
  return { vendor, memory: { documents, points: () => ({}) } };
}

function answerToken(form: URLSearchParams, host: string): FakeAnswer {
  const isAssertion = form.get("client_assertion_type") === "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
  if (!isAssertion || form.get("grant_type") !== "client_credentials") return { status: 400, body: { error: "invalid_request" } };
  if (!isOurs(form.get("client_assertion") ?? "", `http://${host}${TOKEN_PATH}`)) return { status: 400, body: { error: "invalid_client" } };
  return { status: 200, body: { access_token: BEARER, token_type: "bearer", expires_in: "3600" } };
}

const claimsSchema = z.object({
  iss: z.literal(CLIENT.clientId),
  aud: z.string(),
  scope: z.tuple([z.literal("rest_webservices")]),
  exp: z.number(),
});

/** The client's own signature, made for this issuer. */
function isOurs(assertion: string, audience: string): boolean {
  const [header = "", payload = "", signature = ""] = assertion.split(".");
  const read = (part: string): unknown => JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  const named = z.object({ alg: z.literal("ES256"), kid: z.literal(CLIENT.certificateId) }).safeParse(read(header)).success;
  const claims = claimsSchema.safeParse(read(payload)).data;
  const key = { key: pair.publicKey, dsaEncoding: "ieee-p1363" } as const;
  const signed = verify("sha256", Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, "base64url"));
  return named && signed && claims?.aud === audience;
}
