import { readDocument, type HandOverOrder, type OrderStatus, type WireDocument } from "@tillsync/sync-protocol";
import type { RxCollection } from "rxdb";
import type { LiveDocument } from "./live-collections.ts";
import type { PushOutcome } from "./replicate.ts";
import { codeOf } from "./retry.ts";

/**
 * What became of a step. `kept`: it is in this terminal's journal, on disk. `refused`: it is not; the order stands as
 * `standing` says (undefined: it is off the list), `code` where the agent said why. `unsure`: the window lost sight of it; the
 * agent's list of its own steps tells.
 */
export type StepOutcome =
  | { readonly kind: "kept" }
  | { readonly kind: "refused"; readonly standing: HandOverOrder | undefined; readonly code: string | undefined }
  | { readonly kind: "unsure" };

export interface Steps {
  /** Orders with a step that the agent has not answered yet. The same object until that changes. */
  readonly asking: () => ReadonlyMap<string, OrderStatus>;
  readonly onAsking: (listener: () => void) => () => void;
  readonly take: (orders: RxCollection<WireDocument>, seen: LiveDocument<"orders">, status: OrderStatus) => Promise<StepOutcome>;
  readonly pushed: (id: string, outcome: PushOutcome) => void;
  /** The picture is replaced: what was asked is out of sight. */
  readonly forget: () => void;
}

interface Asked {
  readonly status: OrderStatus;
  readonly settle: (outcome: StepOutcome) => void;
}

/** The steps that this window has asked the agent to take, until it answers. */
export function createSteps(): Steps {
  const asked = new Map<string, Asked>();
  const listeners = new Set<() => void>();
  let asking: ReadonlyMap<string, OrderStatus> = new Map();
  const tell = (): void => {
    asking = new Map([...asked].map(([id, { status }]) => [id, status]));
    for (const listener of listeners) listener();
  };
  const settle = (id: string, outcome: StepOutcome): void => {
    const one = asked.get(id);
    if (one === undefined || !asked.delete(id)) return;
    tell();
    one.settle(outcome);
  };
  return {
    asking: () => asking,
    onAsking: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    take: (orders, seen, status) => {
      if (asked.has(seen.id)) return Promise.resolve({ kind: "unsure" });
      return new Promise((resolve) => {
        asked.set(seen.id, { status, settle: resolve });
        tell();
        writeStep(orders, seen, status).then(
          (refused) => refused && settle(seen.id, refused),
          (error: unknown) => settle(seen.id, { kind: "refused", standing: seen.document, code: codeOf(error) }),
        );
      });
    },
    pushed: (id, outcome) => settle(id, toStepOutcome(outcome)),
    forget: () => {
      for (const id of asked.keys()) settle(id, { kind: "unsure" });
    },
  };
}

function toStepOutcome(outcome: PushOutcome): StepOutcome {
  if (outcome.kind === "taken") return { kind: "kept" };
  if (outcome.kind === "unknown") return { kind: "unsure" };
  return { kind: "refused", standing: orderOf(outcome.standing), code: outcome.code };
}

/** Writes the step into the picture, from where RxDB sends it; a picture that has moved on since it was looked at refuses it. */
async function writeStep(
  orders: RxCollection<WireDocument>,
  seen: LiveDocument<"orders">,
  status: OrderStatus,
): Promise<StepOutcome | undefined> {
  const row = await orders.findOne(seen.id).exec();
  let refused: StepOutcome | undefined;
  if (row === null) return { kind: "refused", standing: undefined, code: undefined };
  await row.incrementalModify((now) => {
    refused = undefined;
    if (now.version !== seen.version || now["status"] !== seen.document.status) {
      refused = { kind: "refused", standing: orderOf(now), code: "order.changed" };
      return now;
    }
    // The goods were picked anew, from the order as it is now.
    if (now["status"] === status && status === "picked" && now["conflict"] === "changed-after-pick")
      return { ...now, pickedRevision: now["revision"] };
    if (now["status"] === status) refused = { kind: "refused", standing: orderOf(now), code: "order.step-refused" };
    return { ...now, status };
  });
  return refused;
}

function orderOf(document: WireDocument | undefined): HandOverOrder | undefined {
  if (document === undefined || document._deleted) return undefined;
  const { _rev, _meta, _attachments, ...fields } = document;
  try {
    return readDocument("orders", fields);
  } catch {
    return undefined;
  }
}
