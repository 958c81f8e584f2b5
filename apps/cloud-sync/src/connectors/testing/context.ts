import { setTimeout as delay } from "node:timers/promises";
import type { ConnectorPorts, RateSeen, SendContext } from "../connector.ts";

/** Nothing was delivered before. */
export const noContext: SendContext = { vendorIdOf: () => Promise.resolve(undefined) };

/** Real time, no rate limit; `seen` collects what answers told about rates. */
export function testPorts(over: Partial<ConnectorPorts> = {}): ConnectorPorts & { readonly seen: RateSeen[] } {
  const seen: RateSeen[] = [];
  return {
    nowMs: () => Date.now(),
    random: () => Math.random(),
    sleep: (ms) => delay(ms),
    permit: () => Promise.resolve(true),
    noteRate: (rate) => void seen.push(rate),
    ...over,
    seen,
  };
}
