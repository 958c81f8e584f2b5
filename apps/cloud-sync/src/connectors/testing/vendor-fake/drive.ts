import { mustLookUp } from "../../../destinations/look-up-rule.ts";
import type { ConnectorSession, DeliveryItem, LookUpResult, Repeatability, SendContext, SendResult } from "../../connector.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** Attempts until a scenario is given up: more than any storm lasts. */
const ATTEMPTS_MAX = 40;
/** Wait after a failure that tells no time of its own. */
const WAIT_MS = 30_000;

export interface Drive {
  /** The line to use now. */
  readonly session: () => ConnectorSession;
  readonly repeatability: Repeatability;
  readonly context: SendContext;
  readonly clock: VirtualClock;
  /** A negative control: nothing is ever looked up, and nobody knows how old an item is. */
  readonly lookUpOff?: boolean;
}

export type Driven =
  | { readonly kind: "delivered"; readonly vendorId: string | undefined; readonly sends: number; readonly lookUps: number }
  | { readonly kind: "ended"; readonly result: SendResult | LookUpResult; readonly sends: number; readonly lookUps: number };

/**
 * Brings one item to its end as the dispatcher does: looks up before a send where the connector's repeatability asks for
 * it, after every uncertain result, and for replays; waits (in virtual time) and tries again for what is theirs, for
 * refused credentials, and for a receiver that answers with something foreign, as a person would.
 */
export async function bringToEnd(drive: Drive, item: DeliveryItem): Promise<Driven> {
  let unsettled = false;
  let [sends, lookUps] = [0, 0];
  let firstAtMs: number | undefined;
  let last: SendResult | LookUpResult = { kind: "absent" };
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    if (drive.lookUpOff !== true && asksFirst(drive, item, unsettled, firstAtMs)) {
      lookUps += 1;
      const there = await drive.session().lookUp?.(item, drive.context);
      if (there?.kind === "found") return { kind: "delivered", vendorId: there.vendorId, sends, lookUps };
      if (there !== undefined && there.kind !== "absent" && there.kind !== "unfinished") {
        last = there;
        if (there.kind === "nothing" || !isTriedAgain(there)) break;
        await waitAfter(drive, there);
        continue;
      }
      unsettled = false;
    }
    sends += 1;
    firstAtMs ??= drive.clock.nowMs();
    const result = await drive.session().send(asKnown(drive, item), drive.context);
    if (result.kind === "delivered") return { kind: "delivered", vendorId: result.vendorId, sends, lookUps };
    last = result;
    if (!isTriedAgain(result)) break;
    unsettled ||= result.kind === "uncertain" || result.kind === "foreign";
    await waitAfter(drive, result);
  }
  return { kind: "ended", result: last, sends, lookUps };
}

const asksFirst = (
  { repeatability, clock }: Drive,
  { receivedAtMs, replay }: DeliveryItem,
  uncertain: boolean,
  firstAtMs: number | undefined,
) => mustLookUp(repeatability, { uncertain, firstAtMs, receivedAtMs, endedAtMs: undefined, replay, nowMs: clock.nowMs() }) !== "no";

const asKnown = ({ lookUpOff, clock }: Drive, item: DeliveryItem): DeliveryItem =>
  lookUpOff === true ? { ...item, receivedAtMs: clock.nowMs(), replay: false } : item;

const isTriedAgain = ({ kind }: SendResult | LookUpResult): boolean => ["theirs", "set-up", "uncertain", "foreign"].includes(kind);

function waitAfter({ clock }: Drive, result: SendResult | LookUpResult): Promise<void> {
  clock.advance(result.kind === "theirs" ? (result.retryAfterMs ?? WAIT_MS) : WAIT_MS);
  return Promise.resolve();
}
