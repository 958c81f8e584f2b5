import { z } from "zod";
import type { PointsMovement } from "../loyalty/plan-movements.ts";
import type { Outcome } from "../outcome.ts";
import { asManager, callTalonOne, type TalonOneLine } from "./line.ts";
import { isAddition, pathOfMove, pointsBody } from "./map.ts";

const transactionsSchema = z.object({
  hasMore: z.boolean(),
  data: z.array(z.object({ id: z.number(), name: z.string(), type: z.enum(["addition", "subtraction"]), amount: z.number() })),
});

const PAGE = 1_000;
/** Pages of one member's movements that are read at most: far more than anyone shops in the time that is looked at. */
export const LEDGER_PAGES_MAX = 20;

const pathOf = (line: TalonOneLine, member: string): string =>
  `/v1/loyalty_programs/${line.config.loyalty?.programId ?? 0}/profile/${encodeURIComponent(member)}`;

/** Id of the movement under our reference in the member's ledger; undefined: it is not there, or the member is not. */
export async function findMovement(line: TalonOneLine, movement: PointsMovement, since: string): Promise<Outcome<string | undefined>> {
  for (let page = 0; page < LEDGER_PAGES_MAX; page += 1) {
    const query = { loyaltyTransactionType: "manual", startDate: since, pageSize: String(PAGE), skip: String(page * PAGE) };
    const path = `${pathOf(line, movement.member)}/transactions`;
    const read = await callTalonOne(line, { method: "GET", path, query }, { status: 200, shape: transactionsSchema });
    if (read.kind !== "ok") return read;
    const found = read.value?.data.find(({ name }) => name === movement.reference);
    const isSame = found?.amount === movement.points && found.type === (isAddition(movement) ? "addition" : "subtraction");
    if (found !== undefined)
      return isSame
        ? { kind: "ok", value: String(found.id) }
        : { kind: "foreign", detail: "a movement of other points bears our reference" };
    if (read.value?.hasMore !== true) return { kind: "ok", value: undefined };
  }
  return { kind: "uncertain", detail: `more than ${LEDGER_PAGES_MAX} pages of a member's ledger` };
}

/** Moves a member's points, unless the ledger has the movement already. The answer to it tells nothing but its status. */
export async function movePoints(line: TalonOneLine, movement: PointsMovement, since: string): Promise<Outcome<string>> {
  const there = await findMovement(line, movement, since);
  if (there.kind !== "ok") return there;
  if (there.value !== undefined) return { kind: "ok", value: there.value };
  const path = `${pathOf(line, movement.member)}/${pathOfMove(movement)}`;
  const body = pointsBody(movement, line.config);
  const moved = await callTalonOne(line, { method: "PUT", path, body, headers: asManager(line.config) }, { status: 204, shape: nothing });
  if (moved.kind !== "ok") return moved;
  if (moved.value === undefined)
    return { kind: "cause-missing", cause: `member:${movement.member}`, detail: "Talon.One has no such profile" };
  return { kind: "ok", value: movement.reference };
}

const nothing = z.undefined().transform(() => true as const);
