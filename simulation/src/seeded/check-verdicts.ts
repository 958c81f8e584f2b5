import { openVerdicts } from "../../../apps/edge-agent/src/journal/acknowledge.ts";
import type { CloudContents } from "./cloud-contents.ts";
import type { World } from "./world.ts";

/**
 * Each terminal knows of exactly those of its entries that the cloud has set aside. But for one thing: a cloud that was
 * restored knows nothing of verdicts on entries that it lost and that came again under other numbers, so that nobody takes
 * those back.
 */
export function checkVerdicts(world: World, { setAside, status, leftEpochs }: CloudContents): void {
  // Other entries may stand under its number now.
  const wentTwoWays = new Set([...leftEpochs, ...status.forks.map(({ terminalId, epoch }) => `${terminalId}#${epoch}`)]);
  const isLost = (terminal: string, place: string): boolean => {
    const [epoch, seq] = place.split("/").map(Number) as [number, number];
    const held = status.journals.find((journal) => journal.terminalId === terminal && journal.epoch === epoch)?.seq ?? 0;
    return world.restores.cloud > 0 && (held < seq || wentTwoWays.has(`${terminal}#${epoch}`));
  };
  for (const { name, id, store } of world.terminals) {
    if (store === undefined) continue;
    const known = new Set(openVerdicts(store, 1_000_000).map(({ epoch, seq }) => `${epoch}/${seq}`));
    const wanted = new Set(setAside.filter(({ terminal }) => terminal === id).map(({ epoch, seq }) => `${epoch}/${seq}`));
    const missing = [...wanted].filter((place) => !known.has(place));
    const stale = [...known].filter((place) => !wanted.has(place) && !isLost(id, place));
    if (missing.length > 0) world.violate(`${name} was not told that ${missing.join(", ")} are set aside`);
    if (stale.length > 0) world.violate(`${name} believes that ${stale.join(", ")} are set aside`);
  }
}
