import { orderStatuses, type OrderStatus } from "@tillsync/sync-protocol";
import { describe, expect, test } from "vitest";
import { openExternalDatabase, TEST_PG_URL } from "../db/testing/open-external-database.ts";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { lockOrders } from "./lock-orders.ts";
import { tellOrders } from "./tell-orders.ts";
import type { TimedStep } from "./told-order.ts";

const ORDERS = 6;
const ROUNDS = 25;
const step = (order: number, status: OrderStatus): TimedStep => ({
  key: `order:/${order}`,
  orderId: String(order),
  system: undefined,
  status,
  tellsMore: false,
  byReceipt: false,
  at: undefined,
});

/** What a page does about orders, with what each of them stood at before and after. */
async function tell(db: Database, steps: readonly TimedStep[], moves: Map<string, OrderStatus[]>): Promise<void> {
  await db.transaction(async (tx) => {
    const states = new Map(await lockOrders(tx, steps));
    for (const one of steps) {
      const before = states.get(one.key);
      const told = tellOrders(states, [one]);
      const after = states.get(one.key);
      if (told.kind === "taken" && after !== before && after !== undefined) moves.set(one.key, [...(moves.get(one.key) ?? []), after]);
      await tx.query(sql`UPDATE customer_order SET status = ${after ?? null}::text WHERE order_key = ${one.key}`);
    }
  });
}

describe.skipIf(TEST_PG_URL === undefined)("orders told of by several shards at once (needs a server at TEST_PG_URL)", () => {
  test("are decided one page after the other: none goes back, none is lost, and no two pages wait for each other", async () => {
    const external = await openExternalDatabase();
    try {
      const moves = new Map<string, OrderStatus[]>();
      for (let round = 0; round < ROUNDS; round += 1) {
        const status = orderStatuses[round % 7] ?? "created";
        const all = Array.from({ length: ORDERS }, (_, at) => step(round * ORDERS + at, status));
        const later = all.map((one) => ({ ...one, status: orderStatuses[(round + 3) % 7] ?? "created" }));
        // Three pages name the same new orders, each in another order.
        await Promise.all([tell(external.db, all, moves), tell(external.db, later.toReversed(), moves), tell(external.db, all, moves)]);
      }
      expect(moves.size).toBe(ORDERS * ROUNDS);
      for (const [key, statuses] of moves) {
        const ranks = statuses.map((status) => orderStatuses.indexOf(status));
        expect(ranks, key).toEqual(ranks.toSorted((a, b) => a - b));
        const [row] = await external.db.query<{ status: string }>(sql`SELECT status FROM customer_order WHERE order_key = ${key}`);
        expect(row?.status, key).toBe(statuses.at(-1));
      }
    } finally {
      await external.drop();
    }
  });
});
