import { accountOrderKey } from "@tillsync/sync-protocol";
import type { CardMovement } from "../loyalty/plan-stored-value.ts";
import type { Outcome } from "../outcome.ts";
import { LEDGER_PAGES_MAX } from "./cards.ts";
import { callVoucherify, type VoucherifyLine } from "./line.ts";
import { creditBody } from "./map.ts";
import { creditSchema, creditsSchema, giftVoucherSchema } from "./shapes.ts";

export interface GiftVoucher {
  readonly id: string;
  readonly code: string;
}

/** The code or id by which Voucherify knows a card: what the configuration says, otherwise the account's own id. */
export const codeOf = (line: VoucherifyLine, { card }: CardMovement): string => {
  const codes = line.config.giftCards?.codes ?? {};
  return (Object.hasOwn(codes, card) ? codes[card] : undefined) ?? card;
};

export async function findGiftVoucher(line: VoucherifyLine, movement: CardMovement): Promise<Outcome<GiftVoucher>> {
  const wanted = codeOf(line, movement);
  const found = await callVoucherify(line, { method: "GET", path: `/v1/vouchers/${encodeURIComponent(wanted)}` }, giftVoucherSchema);
  if (found.kind !== "ok") return found;
  if (found.value === undefined) {
    const cause = accountOrderKey({ kind: "giftCard", id: movement.card });
    return { kind: "cause-missing", cause, detail: "no voucher at Voucherify has this code" };
  }
  const { id, code, type } = found.value;
  if (id !== wanted && code !== wanted) return { kind: "foreign", detail: "the answer's voucher is another's" };
  return type === "GIFT_VOUCHER" ? { kind: "ok", value: { id, code } } : { kind: "rejected", detail: `the voucher is a ${type}` };
}

/** Whether the voucher's ledger has a movement under our reference. Reads it newest first, back to `sinceMs`. */
export async function hasCredit(
  line: VoucherifyLine,
  voucher: GiftVoucher,
  movement: CardMovement,
  sinceMs: number,
): Promise<Outcome<boolean>> {
  const wanted = creditBody(movement);
  let after: string | undefined;
  for (let page = 0; page < LEDGER_PAGES_MAX; page += 1) {
    const query = { limit: "100", order: "-id", ...(after === undefined ? {} : { starting_after_id: after }) };
    const path = `/v1/vouchers/${encodeURIComponent(voucher.code)}/transactions`;
    const read = await callVoucherify(line, { method: "GET", path, query }, creditsSchema);
    if (read.kind !== "ok") return read;
    const rows = read.value?.data ?? [];
    const found = rows.find(({ source_id }) => source_id === movement.reference);
    if (found !== undefined && found.details.balance?.amount !== wanted.amount)
      return { kind: "foreign", detail: "a movement of another amount bears our reference" };
    if (found !== undefined) return { kind: "ok", value: true };
    const last = rows.at(-1);
    const isBefore = last?.created_at !== undefined && last.created_at !== null && Date.parse(last.created_at) < sinceMs;
    if (last === undefined || isBefore || read.value?.has_more !== true) return { kind: "ok", value: false };
    after = last.id;
  }
  return { kind: "uncertain", detail: `more than ${LEDGER_PAGES_MAX} pages of a voucher's ledger` };
}

/** Moves a gift voucher's money, unless its ledger has the movement already. The voucher's id. */
export async function moveCredit(line: VoucherifyLine, movement: CardMovement, sinceMs: number): Promise<Outcome<string>> {
  const voucher = await findGiftVoucher(line, movement);
  if (voucher.kind !== "ok") return voucher;
  const there = await hasCredit(line, voucher.value, movement, sinceMs);
  if (there.kind !== "ok") return there;
  if (there.value) return { kind: "ok", value: voucher.value.id };
  const body = creditBody(movement);
  const path = `/v1/vouchers/${encodeURIComponent(voucher.value.code)}/balance`;
  const moved = await callVoucherify(line, { method: "POST", path, body }, creditSchema);
  if (moved.kind !== "ok") return moved;
  if (moved.value === undefined) return { kind: "rejected", detail: "the voucher is gone" };
  const isOurs = moved.value.related_object.id === voucher.value.id && moved.value.amount === body.amount;
  return isOurs ? { kind: "ok", value: voucher.value.id } : { kind: "foreign", detail: "the answer's balance is another's" };
}
