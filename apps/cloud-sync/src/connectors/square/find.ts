import type { Outcome } from "../outcome.ts";
import type { SquareLine } from "./line.ts";
import { SOURCE } from "./map.ts";
import { findInPages } from "./read-pages.ts";
import { changesPage, eventsPage, ordersPage, paymentsPage, refundsPage, type Order, type Payment, type Refund } from "./shapes.ts";

/** Where and since when an item's records can be. */
export interface SearchArea {
  readonly location: string;
  /** RFC 3339. */
  readonly since: string;
}

/** The order under our reference. Square cannot search by it: orders of ours at the location since then are looked through. */
export const findOrder = (line: SquareLine, { location, since }: SearchArea, reference: string): Promise<Outcome<Order | undefined>> =>
  findInPages(
    line,
    (cursor) => ({
      method: "POST",
      path: "/v2/orders/search",
      body: {
        location_ids: [location],
        query: {
          filter: { date_time_filter: { created_at: { start_at: since } }, source_filter: { source_names: [SOURCE] } },
          sort: { sort_field: "CREATED_AT", sort_order: "ASC" },
        },
        limit: 1_000,
        ...(cursor === undefined ? {} : { cursor }),
      },
    }),
    ordersPage,
    ({ orders }) => orders.find((one) => one.reference_id === reference && one.state !== "CANCELED"),
  );

const listQuery = ({ location, since }: SearchArea, cursor: string | undefined): Record<string, string> => ({
  begin_time: since,
  sort_order: "ASC",
  location_id: location,
  limit: "100",
  ...(cursor === undefined ? {} : { cursor }),
});

export const findPayment = (line: SquareLine, area: SearchArea, reference: string): Promise<Outcome<Payment | undefined>> =>
  findInPages(
    line,
    (cursor) => ({ method: "GET", path: "/v2/payments", query: listQuery(area, cursor) }),
    paymentsPage,
    ({ payments }) => payments.find((one) => one.reference_id === reference && one.status !== "CANCELED" && one.status !== "FAILED"),
  );

/** A refund bears our reference as the first word of its reason. */
export const isRefund = (refund: Refund, reference: string): boolean =>
  refund.reason?.split(" ")[0] === reference && refund.status !== "REJECTED" && refund.status !== "FAILED";

export const findRefund = (line: SquareLine, area: SearchArea, reference: string): Promise<Outcome<Refund | undefined>> =>
  findInPages(
    line,
    (cursor) => ({ method: "GET", path: "/v2/refunds", query: listQuery(area, cursor) }),
    refundsPage,
    ({ refunds }) => refunds.find((one) => isRefund(one, reference)),
  );

/** Whether an adjustment of points bears our reference, as the first word of its reason. */
export const isUnder = ({ reason }: { readonly reason?: string | undefined }, reference: string): boolean =>
  reason?.split(" ")[0] === reference;

/** The loyalty event under our reference. Event's id, and the points that it moved. */
export const findEvent = (
  line: SquareLine,
  account: string,
  since: string,
  reference: string,
): Promise<Outcome<{ id: string; points: number } | undefined>> =>
  findInPages(
    line,
    (cursor) => ({
      method: "POST",
      path: "/v2/loyalty/events/search",
      body: {
        query: {
          filter: {
            loyalty_account_filter: { loyalty_account_id: account },
            type_filter: { types: ["ADJUST_POINTS"] },
            date_time_filter: { created_at: { start_at: since } },
          },
        },
        limit: 30,
        ...(cursor === undefined ? {} : { cursor }),
      },
    }),
    eventsPage,
    ({ events }) => {
      const event = events.find((one) => one.adjust_points !== undefined && isUnder(one.adjust_points, reference));
      return event === undefined ? undefined : { id: event.id, points: event.adjust_points?.points ?? 0 };
    },
  );

/** Whether stock was moved under a reference. */
export const findStockMove = (line: SquareLine, { location, since }: SearchArea, reference: string): Promise<Outcome<true | undefined>> =>
  findInPages(
    line,
    (cursor) => ({
      method: "POST",
      path: "/v2/inventory/changes/batch-retrieve",
      body: {
        location_ids: [location],
        types: ["ADJUSTMENT"],
        updated_after: since,
        limit: 100,
        ...(cursor === undefined ? {} : { cursor }),
      },
    }),
    changesPage,
    ({ changes }) => (changes.some(({ adjustment }) => adjustment?.reference_id === reference) ? true : undefined),
  );
