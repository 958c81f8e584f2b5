import { TillsyncError } from "@tillsync/sync-protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { OpenReader } from "../../capture/reader.ts";
import type { CommitQueue } from "../capture/commit-queue.ts";
import { readRows } from "../capture/read-rows.ts";
import type { CaptureAnswer } from "../capture/row-result.ts";
import { BODY_BYTES_MAX } from "../limits.ts";
import { bodyOf } from "../read-request.ts";

export interface TransactionsDeps {
  readonly openReader: OpenReader;
  readonly queue: CommitQueue;
  readonly guard: { readonly state: () => "ok" | "full"; readonly check: () => void };
}

/** What a till sends is what it would write to a file: lines of the canonical model. */
const ADAPTER = "canonical-json";

/** `POST /v1/transactions`: 200 means that every row is on disk, each as its result says. */
export function transactionsRoute(app: FastifyInstance, deps: TransactionsDeps): void {
  app.post("/v1/transactions", { bodyLimit: BODY_BYTES_MAX }, (request) => capture(deps, request));
}

async function capture(deps: TransactionsDeps, request: FastifyRequest): Promise<CaptureAnswer> {
  // A full disk is told before a body is worked through.
  deps.guard.check();
  if (deps.guard.state() === "full") throw new TillsyncError("store.disk-full");
  const { form, bytes } = bodyOf(request.body);
  const reader = await deps.openReader(ADAPTER, undefined);
  const results = await deps.queue.add({ client: request.client.name, reader, rows: readRows(reader, bytes, form) });
  return { allCaptured: results.every(({ result }) => result !== "set-aside"), results };
}
