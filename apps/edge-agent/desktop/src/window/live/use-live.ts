import type { AgentPort } from "@tillsync/edge-agent/window-api";
import type { OrderStatus } from "@tillsync/sync-protocol";
import { useEffect, useSyncExternalStore } from "react";
import { usePort } from "../port/port-context.ts";
import type { LiveCollection, LiveRows, LiveState } from "./live-collections.ts";
import { openLive, type Live } from "./open-live.ts";
import { pagePorts } from "./ports.ts";

/** Whoever goes to another screen and comes back finds the picture as it is; who stays away does not pay for it. */
const KEPT_MS = 60_000;

interface Held {
  readonly live: Live;
  users: number;
  closing: ReturnType<typeof setTimeout> | undefined;
}

const held = new Map<AgentPort, Held>();

function hold(port: AgentPort): Held {
  const known = held.get(port);
  if (known !== undefined) return known;
  const opened: Held = { live: openLive(pagePorts(port)), users: 0, closing: undefined };
  held.set(port, opened);
  closeUnused(port, opened);
  return opened;
}

function closeUnused(port: AgentPort, one: Held): void {
  clearTimeout(one.closing);
  one.closing = setTimeout(() => {
    if (one.users > 0) return;
    held.delete(port);
    void one.live.close();
  }, KEPT_MS);
}

/** The live picture of the agent that this window is of: one for all who look, opened by the first. */
export function useLive(): Live {
  const port = usePort();
  const one = hold(port);
  useEffect(() => {
    one.users += 1;
    clearTimeout(one.closing);
    return () => {
      one.users -= 1;
      if (one.users === 0) closeUnused(port, one);
    };
  }, [port, one]);
  return one.live;
}

/** What a collection holds now; drawn anew when it changes. */
export function useRows<C extends LiveCollection>(live: Live, name: C): LiveRows<C> {
  const store = live.rows[name];
  return useSyncExternalStore<LiveRows<C>>(store.subscribe, store.get);
}

export const useLiveState = (live: Live): LiveState => useSyncExternalStore(live.state.subscribe, live.state.get);

/** Orders with a step that the agent has not answered yet. */
export const useAsking = (live: Live): ReadonlyMap<string, OrderStatus> => useSyncExternalStore(live.asking.onAsking, live.asking.asking);
