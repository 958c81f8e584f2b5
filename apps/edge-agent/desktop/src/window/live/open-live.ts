import type { OrderStatus } from "@tillsync/sync-protocol";
import type { LiveCollection, LiveDocument, LiveState } from "./live-collections.ts";
import { openPicture, type Collections, type Picture } from "./picture.ts";
import { pause, type LivePorts } from "./ports.ts";
import { codeOf, retryDelayMs } from "./retry.ts";
import { createRows, type RowsStore } from "./rows.ts";
import { createSteps, type StepOutcome, type Steps } from "./steps.ts";

/** The window's live picture of what the agent holds. It comes up, goes on and comes back by itself until it is closed. */
export interface Live {
  readonly rows: { readonly [C in LiveCollection]: RowsStore<C> };
  readonly state: { readonly get: () => LiveState; readonly subscribe: (listener: () => void) => () => void };
  /** Steps that the agent has not answered. */
  readonly asking: Pick<Steps, "asking" | "onAsking">;
  /**
   * Asks the agent to take a step of an order as it was `seen`. Resolves once the agent has answered, however long it is away:
   * until then nothing is kept. Another step of an order that is being asked for is not taken (`unsure`).
   */
  readonly takeStep: (seen: LiveDocument<"orders">, status: OrderStatus) => Promise<StepOutcome>;
  readonly close: () => Promise<void>;
}

let opened = 0;

/** Opens the picture; it loads in the background. */
export function openLive(ports: LivePorts): Live {
  const stop = new AbortController();
  const rows = { orders: createRows("orders"), configuration: createRows("configuration"), stores: createRows("stores") } as const;
  const state = createState();
  const steps = createSteps();
  let current: Collections | undefined;
  const running = runPictures(ports, stop.signal, {
    state,
    steps,
    show: (shown) => {
      current = shown;
      const unfollow = [rows.orders.follow(shown.orders), rows.configuration.follow(shown.configuration), rows.stores.follow(shown.stores)];
      return () => {
        current = undefined;
        steps.forget();
        for (const end of unfollow) end();
      };
    },
  });
  return {
    rows,
    state: { get: state.get, subscribe: state.subscribe },
    asking: steps,
    takeStep: (seen, status) => (current === undefined ? Promise.resolve({ kind: "unsure" }) : steps.take(current.orders, seen, status)),
    close: async () => {
      stop.abort();
      steps.forget();
      await running;
    },
  };
}

interface Shown {
  readonly state: StateStore;
  readonly steps: Steps;
  /** Shows these collections; gives what ends it. */
  readonly show: (collections: Collections) => () => void;
}

/** One picture after the other. The old one is shown until the new one is loaded: an empty list would be a lie. */
async function runPictures(ports: LivePorts, signal: AbortSignal, { state, steps, show }: Shown): Promise<void> {
  const aborted = new Promise<"aborted">((resolve) => signal.addEventListener("abort", () => resolve("aborted"), { once: true }));
  let hide: () => Promise<void> = () => Promise.resolve();
  for (let made = 0; !signal.aborted; made += 1) {
    if (made > 0) await pause(ports, retryDelayMs(Math.min(made, 3), ports.random), signal);
    if (signal.aborted) break;
    const { promise: ended, resolve: onEnd } = Promise.withResolvers<"ended">();
    let isLoaded = false;
    const picture = await openPicture(`window-${(opened += 1)}`, {
      ports,
      onEnd: () => onEnd("ended"),
      isAsking: () => steps.asking().size > 0,
      onFailure: (error) => state.set({ kind: "failing", code: codeOf(error) }),
      onAnswer: () => state.set({ kind: isLoaded ? "live" : "loading" }),
      onPushed: steps.pushed,
    });
    const outcome = await Promise.race([ended, aborted, picture.loaded.then(() => "loaded" as const)]);
    if (outcome !== "loaded") {
      await picture.close();
      continue;
    }
    await hide();
    isLoaded = true;
    state.set({ kind: "live" });
    hide = hiding(picture, show(picture.collections));
    await Promise.race([ended, aborted]);
    state.set({ kind: "loading" });
  }
  await hide();
}

const hiding = (picture: Picture, unfollow: () => void) => (): Promise<void> => {
  unfollow();
  return picture.close();
};

interface StateStore {
  readonly get: () => LiveState;
  readonly set: (next: LiveState) => void;
  readonly subscribe: (listener: () => void) => () => void;
}

function createState(): StateStore {
  const listeners = new Set<() => void>();
  let state: LiveState = { kind: "loading" };
  return {
    get: () => state,
    set: (next) => {
      if (next.kind === state.kind && (next.kind !== "failing" || (state.kind === "failing" && next.code === state.code))) return;
      state = next;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
