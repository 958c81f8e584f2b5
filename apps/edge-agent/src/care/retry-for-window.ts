import { setImmediate as afterOthers } from "node:timers/promises";
import { retrySetAside, type RetryDeps, type RetryReport } from "../capture/retry-set-aside.ts";
import { showSetAside } from "../capture/list-set-aside.ts";

/**
 * Reads items again as they are configured now; a window brings no configuration. One after the other, with room between
 * them for sales that come meanwhile. What the cloud has set aside is read again there: it stays open here with its code.
 * Throws `usage.invalid` for an item that is not there; the ones before it were read again.
 */
export async function retryForWindow(deps: RetryDeps, ids: readonly number[]): Promise<RetryReport> {
  const items: RetryReport["items"] = [];
  for (const id of new Set(ids)) {
    if (id < 0) items.push(openAtCloud(deps, id));
    else items.push(...(await retrySetAside(deps, [id])).items);
    await afterOthers();
  }
  return { ok: items.every(({ state }) => state === "resolved"), items };
}

function openAtCloud(deps: RetryDeps, id: number): RetryReport["items"][number] {
  const { code, detail } = showSetAside(deps.store, id);
  return { id, state: "open", transactions: 0, code, detail };
}
