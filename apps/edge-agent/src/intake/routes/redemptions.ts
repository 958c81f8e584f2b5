import { redemptionIdSchema, TillsyncError } from "@tillsync/sync-protocol";
import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import type { DiskGuard } from "../../health/disk-guard.ts";
import type { CancelOutcome, CommitOutcome, ReserveOutcome } from "../../redemptions/outcomes.ts";
import { findRedemption, viewOf } from "../../redemptions/redemption-rows.ts";
import type { Redemptions } from "../../redemptions/redemptions.ts";
import { commitRequestSchema, refundRequestSchema, reserveRequestSchema, topUpRequestSchema } from "../../redemptions/requests.ts";
import type { AgentStore } from "../../store/agent-store.ts";
import { readBody, readParams } from "../read-request.ts";

export interface RedemptionRoutesDeps {
  readonly store: AgentStore;
  readonly guard: DiskGuard;
  readonly redemptions: Redemptions;
}

const idParams = z.strictObject({ id: redemptionIdSchema });
const commitBody = commitRequestSchema.omit({ redemptionId: true });

/** `/v1/redemptions`, `/v1/refunds`, `/v1/top-ups`. What is no yes is no 200: a till must not take one for the other. */
export function redemptionRoutes(app: FastifyInstance, deps: RedemptionRoutesDeps): void {
  const { redemptions, guard, store } = deps;
  app.post("/v1/redemptions", (request, reply) => {
    const wish = readBody(reserveRequestSchema, request.body);
    return redemptions.reserve(wish).then((outcome) => answerReserve(reply, outcome));
  });
  app.get("/v1/redemptions", (_request, reply) => reply.send({ open: redemptions.open() }));
  app.get("/v1/redemptions/:id", (request, reply) => reply.send(stateOf(store, readParams(idParams, request.params).id)));
  app.post("/v1/redemptions/:id/commit", (request, reply) => {
    const { id } = readParams(idParams, request.params);
    const { saleRef } = request.body === undefined ? {} : readBody(commitBody, request.body);
    return reply.send(committed(guard.run(() => redemptions.commit({ redemptionId: id, ...(saleRef === undefined ? {} : { saleRef }) }))));
  });
  app.post("/v1/redemptions/:id/cancel", (request, reply) => {
    const { id } = readParams(idParams, request.params);
    return reply.send(cancelled(guard.run(() => redemptions.cancel(id))));
  });
  app.post("/v1/refunds", (request, reply) => {
    const refund = readBody(refundRequestSchema, request.body);
    return reply.send(guard.run(() => redemptions.refund(refund)));
  });
  app.post("/v1/top-ups", (request, reply) => {
    const topUp = readBody(topUpRequestSchema, request.body);
    return reply.send(guard.run(() => redemptions.topUp(topUp)));
  });
}

function answerReserve(reply: FastifyReply, outcome: ReserveOutcome): FastifyReply {
  switch (outcome.kind) {
    case "reserved":
    case "committed":
      return reply.send(outcome);
    case "cancelled":
      throw new TillsyncError("quota.cancelled", outcome.redemptionId);
    case "declined":
      return reply.code(409).send({ ...new TillsyncError("quota.declined", outcome.reason).toJSON(), declined: outcome });
  }
}

function committed(outcome: CommitOutcome): CommitOutcome {
  if (outcome.kind === "cancelled") throw new TillsyncError("quota.cancelled", outcome.redemptionId);
  return outcome;
}

function cancelled(outcome: CancelOutcome): CancelOutcome {
  if (outcome.kind === "committed") throw new TillsyncError("quota.committed", outcome.redemptionId);
  return outcome;
}

/** Where a call stands that may have lost its answer. Throws `quota.redemption-unknown`. */
function stateOf(store: AgentStore, id: string): object {
  const row = findRedemption(store, id);
  if (row === undefined) throw new TillsyncError("quota.redemption-unknown", id);
  return row.state === "cancelled" ? { kind: "cancelled", redemptionId: row.id } : { kind: row.state, ...viewOf(row) };
}
