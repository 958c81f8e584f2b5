import type { Amount } from "@tillsync/sync-protocol";
import { z } from "zod";
import type { BookedDocument } from "../../testing/vendor-fake/expected-effects.ts";
import type { FakeOptions, VendorMemory } from "../../testing/vendor-fake/run-scenario.ts";
import type { FakeVendor } from "../../testing/vendor-fake/start-vendor-fake.ts";
import type { FakeAnswer, FakeCall } from "../../testing/vendor-fake/vendor-rules.ts";
import type { VirtualClock } from "../../testing/vendor-fake/virtual-clock.ts";
import { zodRules } from "../../testing/vendor-fake/zod-routes.ts";

export const SECRET = "odoo-api-key";
/** Accounts of money: cash, cards, other tenders. Everything else of an entry is sales and taxes. */
export const TENDER_ACCOUNT = "101";
const CURRENCIES: Readonly<Record<string, number>> = { EUR: 1, USD: 2 };

const domain = z.array(z.tuple([z.string(), z.enum(["=", "!="]), z.string()]));
const money = z.number().min(0);
const moveSchema = z.strictObject({
  move_type: z.literal("entry"),
  ref: z.string(),
  date: z.iso.date(),
  journal_id: z.number().int(),
  currency_id: z.number().int(),
  narration: z.string(),
  line_ids: z
    .array(
      z.tuple([
        z.literal(0),
        z.literal(0),
        z.strictObject({ account_id: z.number().int(), name: z.string().min(1), debit: money, credit: money }),
      ]),
    )
    .min(1),
});
type Move = z.infer<typeof moveSchema> & { readonly id: number; readonly atMs: number; state: "draft" | "posted" };

const ids = z.strictObject({ ids: z.array(z.number().int()).length(1) });
const search = z.strictObject({ domain, fields: z.array(z.string()), order: z.string().optional(), limit: z.number().int() });

/** The documented calls: a method of a model at one address each, with named arguments. */
const rules = zodRules(
  [
    { operation: "search", method: "POST", path: "/json/2/account.move/search_read", body: search },
    { operation: "currency", method: "POST", path: "/json/2/res.currency/search_read", body: search },
    {
      operation: "create",
      method: "POST",
      path: "/json/2/account.move/create",
      body: z.strictObject({ vals_list: z.array(moveSchema).length(1) }),
    },
    { operation: "post", method: "POST", path: "/json/2/account.move/action_post", body: ids },
    { operation: "unlink", method: "POST", path: "/json/2/account.move/unlink", body: ids },
  ],
  { headers: ["x-odoo-database"] },
);

const refuse = (status: number, name: string, message: string): FakeAnswer => ({
  status,
  body: { name, message, arguments: [message], context: {}, debug: "" },
});
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + Math.round(value * 100), 0);
const debits = ({ line_ids: lines }: Pick<Move, "line_ids">): number => sum(lines.map(([, , { debit }]) => debit));

/** A small Odoo: entries that are drafts until they are posted, any number under one reference. */
export function fakeOdoo(clock: VirtualClock, { blind }: FakeOptions): { vendor: FakeVendor; memory: VendorMemory } {
  let moves: Move[] = [];
  let made = 0;
  const create = (wish: z.infer<typeof moveSchema>): FakeAnswer => {
    const credits = sum(wish.line_ids.map(([, , { credit }]) => credit));
    if (debits(wish) !== credits) return refuse(422, "odoo.exceptions.UserError", "The entry is not balanced.");
    made += 1;
    moves.push({ ...wish, id: made, atMs: clock.nowMs(), state: "draft" });
    return { status: 200, body: [made] };
  };
  const find = (body: z.infer<typeof search>): FakeAnswer => {
    const reference = body.domain.find(([field]) => field === "ref")?.[2];
    const all = moves.filter(({ ref }) => ref === reference);
    // A blind one shows what the same attempt has written, and forgets it.
    const found = blind ? all.filter(({ atMs }) => atMs === clock.nowMs()) : all;
    const nameOf = (id: number): string => Object.entries(CURRENCIES).find(([, one]) => one === id)?.[0] ?? "";
    return {
      status: 200,
      body: found.map((move) => ({
        id: move.id,
        ref: move.ref,
        state: move.state,
        amount_total: debits(move) / 100,
        currency_id: [move.currency_id, nameOf(move.currency_id)],
      })),
    };
  };
  const withMove = (body: unknown, act: (move: Move) => FakeAnswer): FakeAnswer => {
    const move = moves.find(({ id }) => id === (body as z.infer<typeof ids>).ids[0]);
    return move === undefined ? refuse(404, "odoo.exceptions.MissingError", "Record does not exist or has been deleted.") : act(move);
  };
  const handlers: Readonly<Record<string, (call: FakeCall) => FakeAnswer>> = {
    search: ({ body }) => find(body as z.infer<typeof search>),
    currency: ({ body }) => {
      const code = (body as z.infer<typeof search>).domain[0]?.[2] ?? "";
      const id = CURRENCIES[code];
      return { status: 200, body: id === undefined ? [] : [{ id, name: code }] };
    },
    create: ({ body }) => create((body as { vals_list: [z.infer<typeof moveSchema>] }).vals_list[0]),
    post: ({ body }) =>
      withMove(body, (move) => {
        if (move.state === "posted") return refuse(422, "odoo.exceptions.UserError", "The entry must be in draft.");
        move.state = "posted";
        return { status: 200, body: false };
      }),
    unlink: ({ body }) =>
      withMove(body, (move) => {
        if (move.state === "posted") return refuse(422, "odoo.exceptions.UserError", "You cannot delete a posted entry.");
        moves = moves.filter((one) => one !== move);
        return { status: 200, body: true };
      }),
  };
  const vendor: FakeVendor = {
    rules,
    answer: (call) =>
      call.headers["authorization"] === `bearer ${SECRET}`
        ? (handlers[call.operation]?.(call) ?? refuse(404, "werkzeug.exceptions.NotFound", "Not Found"))
        : refuse(401, "werkzeug.exceptions.Unauthorized", "Invalid apikey"),
    // A draft that arrives twice has no effect, and the rest is refused.
    repeatable: () => true,
    reads: ({ operation }) => operation === "search" || operation === "currency",
  };
  const documents = (): BookedDocument[] =>
    moves
      .filter(({ state }) => state === "posted")
      .map(({ ref, line_ids: lines, currency_id: currency }) => {
        const tenders = lines.map(([, , line]) => line).filter(({ account_id: account }) => account === Number(TENDER_ACCOUNT));
        const total = sum(tenders.map(({ debit }) => debit)) - sum(tenders.map(({ credit }) => credit));
        return { reference: ref, total: String(total) as Amount, currency: currency === CURRENCIES["EUR"] ? "EUR" : "USD" };
      });
  return { vendor, memory: { documents, points: () => ({}) } };
}
