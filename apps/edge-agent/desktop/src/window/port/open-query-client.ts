import { QueryClient } from "@tanstack/react-query";

/** A screen that was left keeps its last answer this long, so that going back shows something at once. */
const KEPT_MS = 60_000;

/**
 * Questions go to the agent on this machine whatever the browser thinks of the network, and are never repeated by
 * themselves: the next look is at its own time, and what a person does is done once.
 */
export const openQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: { networkMode: "always", retry: false, gcTime: KEPT_MS, staleTime: 0, refetchOnReconnect: false },
      mutations: { networkMode: "always", retry: false, gcTime: 0 },
    },
  });
