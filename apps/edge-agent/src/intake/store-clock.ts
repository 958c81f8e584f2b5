import { storeTimeSchema, type StoreTime } from "@tillsync/sync-protocol";
import { findDocument } from "../reference/store/find-documents.ts";
import type { ReadDeps } from "./reads.ts";

/**
 * Now by the store's own clock: in the zone that its document names, or in this machine's where that is not known yet.
 * The machine's clock may be wrong; nothing else here would be right then either.
 */
export function storeNow(deps: Pick<ReadDeps, "reference" | "enrolment" | "wallMs">): StoreTime {
  const store = deps.enrolment()?.store;
  const zone = store === undefined ? undefined : findDocument(deps.reference, "stores", store)?.timeZone;
  return timeIn(deps.wallMs(), zone);
}

/** A moment as clocks of a zone show it, to the minute. */
export function timeIn(ms: number, timeZone: string | undefined): StoreTime {
  const format = new Intl.DateTimeFormat("en-CA", {
    ...(timeZone === undefined ? {} : { timeZone }),
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const part = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]));
  return storeTimeSchema.parse(`${part["year"]}-${part["month"]}-${part["day"]}T${part["hour"]}:${part["minute"]}`);
}
