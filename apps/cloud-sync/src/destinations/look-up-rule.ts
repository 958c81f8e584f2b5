import type { Repeatability } from "../connectors/connector.ts";
import { isWindowPast } from "../connectors/key-window.ts";

/** What is known of an item before it is sent. Times in milliseconds since 1970. */
export interface SendHistory {
  /** A send without an answer was before, and nothing has settled since what became of it. */
  readonly uncertain: boolean;
  /** Of the first attempt by this dispatcher, where there was one. */
  readonly firstAtMs: number | undefined;
  /** When the cloud received the item. */
  readonly receivedAtMs: number;
  /** When the till ended the transaction, where it told. */
  readonly endedAtMs: number | undefined;
  readonly replay: boolean;
  readonly nowMs: number;
}

/** `must`: never send without it. `better`: a repeat is harmless, but asking is cheaper. */
export type LookUpNeed = "must" | "better" | "no";

/**
 * Whether a receiver must be asked what it has before it is sent an item. Pure.
 *
 * A window counts from when the item may have been sent first: by this dispatcher, or by whoever had the item before
 * (another cloud, a life before a restore). An age that a clock makes negative is taken for past every window.
 */
export function mustLookUp(repeatability: Repeatability, history: SendHistory): LookUpNeed {
  if (repeatability.by === "lookup-first") return "must";
  const { uncertain, replay } = history;
  if (repeatability.by === "native-key" && repeatability.windowMs !== undefined && (replay || isPast(repeatability.windowMs, history)))
    return "must";
  return uncertain || replay ? "better" : "no";
}

const isPast = (windowMs: number, { firstAtMs, receivedAtMs, endedAtMs, nowMs }: SendHistory): boolean =>
  isWindowPast(
    windowMs,
    [firstAtMs, receivedAtMs, endedAtMs].flatMap((atMs) => (atMs === undefined ? [] : [nowMs - atMs])),
  );

/** Whether a second send could have a second effect: then what may still be at work at the receiver is waited for. */
export const isRepeatHarmless = ({ by, ...rest }: Repeatability): boolean =>
  by !== "lookup-first" && !("windowMs" in rest && rest.windowMs !== undefined);
