import type { WindowAnswer, WindowMethod, WindowRequest } from "@tillsync/edge-agent/window-api";
import { useMutation, useQuery, useQueryClient, type UseMutationResult, type UseQueryResult } from "@tanstack/react-query";
import { usePort } from "./port-context.ts";

/** `refetchMs`: how long an answer may stay on the screen before it is asked for again; without it, until the screen opens again. */
export interface AnswerOptions {
  readonly refetchMs?: number;
  readonly enabled?: boolean;
}

/** What the agent answers to a question, kept by method and request; the error is an `AskError`. */
export function useAnswer<M extends WindowMethod>(
  method: M,
  request: WindowRequest<M>,
  { refetchMs, enabled = true }: AnswerOptions = {},
): UseQueryResult<WindowAnswer<M>> {
  const port = usePort();
  return useQuery<WindowAnswer<M>>({
    queryKey: [method, request],
    queryFn: () => port.ask(method, request),
    enabled,
    ...(refetchMs === undefined ? {} : { refetchInterval: refetchMs }),
  });
}

/**
 * Something that a person tells the agent to do, once, never repeated by itself; the error is an `AskError`. What the window
 * shows is asked for anew after it, whether it went well or not: an act whose answer was lost may have been done.
 */
export function useAction<M extends WindowMethod>(method: M): UseMutationResult<WindowAnswer<M>, Error, WindowRequest<M>> {
  const port = usePort();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: WindowRequest<M>) => port.ask(method, request),
    onSettled: () => void client.invalidateQueries(),
  });
}
