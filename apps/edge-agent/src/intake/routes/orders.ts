import { documentIdSchema, orderStatuses, posIdSchema, TillsyncError, type HandOverOrder } from "@tillsync/sync-protocol";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { isToldToCloud, ordersMovedTo, setAsideByCloud, stepsOf, type OwnStep } from "../../hand-over/own-steps.ts";
import { standHere } from "../../hand-over/stand-here.ts";
import { stepRequestSchema, type StepRequest } from "../../hand-over/step-request.ts";
import { findTold, takeStep, type HandOverDeps } from "../../hand-over/take-step.ts";
import { tellStaff, type Notice } from "../../hand-over/tell-staff.ts";
import { listOrders, ORDERS_LISTED_MAX, readOrder } from "../../reference/read/read-orders.ts";
import { asOf, lineOf, type ReadDeps } from "../reads.ts";
import { readBody, readParams } from "../read-request.ts";

export interface OrdersDeps extends ReadDeps, HandOverDeps {}

const listQuery = z.strictObject({ status: z.enum(orderStatuses).optional(), pickupCode: posIdSchema.optional() });
const idParams = z.strictObject({ id: documentIdSchema });

/** `/v1/orders`: what is to be handed over, and the steps that staff take. */
export function orderRoutes(app: FastifyInstance, deps: OrdersDeps): void {
  app.get("/v1/orders", (request, reply) => {
    const known = asOf(deps, "orders");
    return reply.send({ ...listHere(deps, readParams(listQuery, request.query)), ...known });
  });
  app.get("/v1/orders/:id", (request, reply) => {
    const known = asOf(deps, "orders");
    return reply.send({ ...viewOf(deps, orderOf(deps, readParams(idParams, request.params).id)), ...known });
  });
  app.post("/v1/orders/:id/steps", (request, reply) => {
    const { id } = readParams(idParams, request.params);
    return reply.send(stepOf(deps, id, readBody(stepRequestSchema, request.body)));
  });
}

function stepOf(deps: OrdersDeps, id: string, request: StepRequest): object {
  asOf(deps, "orders");
  const order = readOrder(deps.reference, id);
  if (order === undefined) {
    // It was handed over, and the cloud has taken it off the list before the answer arrived.
    const told = findTold(deps.store, undefined, request);
    if (told === undefined) throw new TillsyncError("order.not-here", id);
    return { ...outcomeOf("repeated", told), line: lineOf(deps), order: null, toldHere: [], tell: [] };
  }
  const { outcome, step } = takeStep(deps, order, request);
  return { ...outcomeOf(outcome, step), line: lineOf(deps), ...viewOf(deps, order) };
}

const outcomeOf = (outcome: "written" | "repeated", { stepId, status, epoch, seq }: OwnStep): object => ({
  outcome,
  stepId,
  status,
  entry: { epoch, seq },
});

function orderOf(deps: OrdersDeps, id: string): HandOverOrder {
  const order = readOrder(deps.reference, id);
  if (order === undefined) throw new TillsyncError("order.not-here", id);
  return order;
}

/** An order as it stands here, what this till did to it, and what staff must be told. */
interface OrderView {
  readonly order: HandOverOrder;
  readonly toldHere: readonly { readonly stepId: string; readonly status: string; readonly at: string; readonly knownToCloud: boolean }[];
  readonly tell: readonly Notice[];
}

function viewOf(deps: OrdersDeps, order: HandOverOrder, steps: readonly OwnStep[] = stepsOf(deps.store, order.id)): OrderView {
  const here = standHere(order, steps, deps.terminal()?.terminal);
  const toldHere = steps.map((step) => ({
    stepId: step.stepId,
    status: step.status,
    at: new Date(step.atMs).toISOString(),
    knownToCloud: isToldToCloud(deps.store, step),
  }));
  const refusedByCloud = steps.map((step) => setAsideByCloud(deps.store, step)).find((code) => code !== undefined);
  const isUntold = toldHere.some(({ knownToCloud }) => !knownToCloud) && lineOf(deps) === "down";
  return { order: here, toldHere, tell: tellStaff(here, { isUntold, refusedByCloud }) };
}

/** Filtered by how orders stand here, which the cloud's document may not say yet. */
function listHere(deps: OrdersDeps, filter: z.infer<typeof listQuery>): { orders: OrderView[]; unreadable: number } {
  const listed = listOrders(deps.reference, filter);
  const documents = new Map(listed.documents.map((order) => [order.id, order]));
  if (filter.status !== undefined)
    for (const id of ordersMovedTo(deps.store, filter.status, ORDERS_LISTED_MAX)) {
      const order = documents.has(id) ? undefined : readOrder(deps.reference, id);
      if (order !== undefined && (filter.pickupCode === undefined || filter.pickupCode === order.pickupCode)) documents.set(id, order);
    }
  const orders = [...documents.values()]
    .map((order) => viewOf(deps, order))
    .filter(({ order }) => filter.status === undefined || order.status === filter.status)
    .slice(0, ORDERS_LISTED_MAX);
  return { orders, unreadable: listed.unreadable };
}
