import { deliver } from "./deliver.ts";
import { journalOf, type World } from "./world.ts";

/** Everybody is connected and everything arrives: what the cloud knows then is all there is. */
export function settle(world: World): void {
  for (let round = 0; round < 12; round += 1) {
    for (const disk of world.disks)
      for (const epoch of disk.journals.keys().toArray()) deliver(world, { kind: "push", disk, entries: journalOf(disk, epoch) });
    const waiting = world.network.filter(({ kind }) => kind !== "ask" && kind !== "recall");
    world.network = [];
    for (const message of waiting) deliver(world, message);
  }
}

/** What was used on disks that are gone with their last entries, and what of it stands on a disk and was not counted. */
export function untold(world: World): { readonly lost: bigint; readonly missed: number } {
  const standing = new Set(world.disks.flatMap((disk) => [...disk.journals.values()].flatMap((journal) => journal.map(({ id }) => id))));
  let lost = 0n;
  let missed = 0;
  for (const [id, amount] of world.used) {
    if (world.counted.has(id)) continue;
    lost += amount;
    if (standing.has(id)) missed += 1;
  }
  return { lost, missed };
}
