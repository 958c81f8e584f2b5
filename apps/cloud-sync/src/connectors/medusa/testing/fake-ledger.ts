import { MEMBER, OTHER_MEMBER, POINTS_BEFORE } from "../../testing/vendor-fake/scenarios.ts";
import type { FakeAnswer, FakeCall } from "../../testing/vendor-fake/vendor-rules.ts";
import type { VirtualClock } from "../../testing/vendor-fake/virtual-clock.ts";

/** Accounts of the members whom the scenarios know. */
export const ACCOUNTS: Readonly<Record<string, string>> = { [MEMBER]: "sc_acc_A", [OTHER_MEMBER]: "sc_acc_B" };

interface Row {
  readonly account: string;
  readonly id: string;
  readonly type: "credit" | "debit";
  readonly amount: number;
  readonly note: string | undefined;
  readonly created_at: string;
}

/** The store credit of the loyalty plug-in: takes whatever it is told, as long as the balance allows it. */
export function fakeLedger(clock: VirtualClock, blind: boolean) {
  const rows: Row[] = [];
  const balance = (account: string): number =>
    rows.reduce((total, row) => total + (row.account === account ? (row.type === "credit" ? row.amount : -row.amount) : 0), POINTS_BEFORE);
  const move = (account: string, type: Row["type"], body: unknown): FakeAnswer => {
    const { amount, note } = body as { amount: number; note?: string };
    if (!Object.values(ACCOUNTS).includes(account)) return { status: 404, body: { type: "not_found", message: "no such account" } };
    if (type === "debit" && balance(account) < amount)
      return { status: 400, body: { type: "invalid_data", message: "Insufficient balance" } };
    rows.push({ account, id: `sc_trx_${rows.length + 1}`, type, amount, note, created_at: new Date(clock.nowMs()).toISOString() });
    return { status: 200, body: { store_credit_account: { id: account, balance: balance(account) } } };
  };
  const list = ({ params, query }: FakeCall): FakeAnswer => {
    const [offset, limit] = [Number(query.get("offset")), Number(query.get("limit"))];
    const own = blind ? [] : rows.filter(({ account }) => account === params["id"]).toReversed();
    return { status: 200, body: { transactions: structuredClone(own.slice(offset, offset + limit)), count: own.length, offset, limit } };
  };
  return {
    move,
    list,
    points: (): Record<string, number> =>
      Object.fromEntries(Object.entries(ACCOUNTS).map(([member, account]) => [member, balance(account)])),
  };
}
