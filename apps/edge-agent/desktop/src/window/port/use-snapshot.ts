import { trayState, type Snapshot } from "@tillsync/edge-agent/window-api";
import { useQuery } from "@tanstack/react-query";
import type { Shown } from "../../language/tray-sentence.ts";
import { useNow } from "../clock/use-now.ts";
import { usePort } from "./port-context.ts";

export const VISIBLE_EVERY_MS = 1_000;
/** Nobody looks: often enough to be right at once when someone does. */
export const HIDDEN_EVERY_MS = 5_000;

const snapshotQuery = "snapshot";

/** `snapshot` is undefined as soon as the agent did not answer the last question: old figures are never shown as today's. */
export interface SeenSnapshot {
  readonly snapshot: Snapshot | undefined;
  /** The last that there was, for names and for whom to call. */
  readonly last: Snapshot | undefined;
  /** `asking` until the first answer after the window opened. */
  readonly state: Shown;
  readonly nowMs: number;
}

/** How things stand, asked every second while someone looks and every five while the window is hidden. */
export function useSnapshot(): SeenSnapshot {
  const port = usePort();
  const nowMs = useNow();
  const {
    data: last,
    isError,
    isPending,
  } = useQuery({
    queryKey: [snapshotQuery],
    queryFn: () => port.ask("snapshot", {}),
    refetchInterval: () => (document.visibilityState === "visible" ? VISIBLE_EVERY_MS : HIDDEN_EVERY_MS),
    refetchIntervalInBackground: true,
  });
  const snapshot = isError ? undefined : last;
  return { snapshot, last, state: isPending ? { kind: "asking" } : trayState(snapshot, nowMs), nowMs };
}

/** One part of the snapshot, so that whoever shows it is drawn anew only when it changes. */
export function useSnapshotPart<T>(select: (snapshot: Snapshot) => T): T | undefined {
  const port = usePort();
  return useQuery({ queryKey: [snapshotQuery], queryFn: () => port.ask("snapshot", {}), select }).data;
}
