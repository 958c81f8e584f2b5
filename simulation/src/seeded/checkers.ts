import { verifyLog } from "../../../apps/cloud-sync/src/event-log/verify-log.ts";
import { readCaptured } from "../../../apps/edge-agent/src/health/captured.ts";
import { verifyJournal } from "../../../apps/edge-agent/src/journal/verify-journal.ts";
import { checkHeads } from "./check-heads.ts";
import { readCloud, type CloudContents } from "./cloud-contents.ts";
import { checkVerdicts } from "./check-verdicts.ts";
import { FOREIGN_STORE, grandOf, keyOf, type Pos } from "./pos.ts";
import type { World } from "./world.ts";

/**
 * Judges a world that has come right: what the POSes wrote against what the cloud shows, and both sides' own proofs.
 * What is wrong goes to `world.violations`. Gives the number of entries in the cloud's log.
 */
export async function check(world: World): Promise<number> {
  const contents = await readCloud(world.cloud.db);
  await checkProofs(world);
  checkReceipts(world, contents);
  checkTotals(world, contents);
  checkPositions(world, contents);
  checkBadEntries(world, contents);
  checkCaptured(world);
  checkVerdicts(world, contents);
  await checkHeads(world, contents);
  return contents.status.entries;
}

async function checkProofs(world: World): Promise<void> {
  const log = await verifyLog(world.cloud.db);
  for (const problem of log.problems) world.violate(`cloud's log: ${JSON.stringify(problem)}`);
  for (const { name, store } of world.terminals) {
    if (store === undefined) continue;
    for (const fault of verifyJournal(store).faults) world.violate(`${name}'s journal: ${JSON.stringify(fault)}`);
  }
}

const isTakenUp = (world: World, store: string): boolean => store !== FOREIGN_STORE || world.storeAllowed;

/** Each receipt once, its revisions the contents that its POS wrote, in that order, the last of them the one that counts. */
function checkReceipts(world: World, { receipts, setAside }: CloudContents): void {
  const known = new Set<string>();
  for (const { pos } of world.terminals)
    pos.receipts.forEach(({ store, contents }, receipt) => {
      const key = keyOf(pos, receipt);
      known.add(key);
      const rows = receipts.get(key) ?? [];
      const wanted = isTakenUp(world, store) ? contents.map((content) => grandOf(receipt, content)) : [];
      const found = rows.map(({ grand }) => grand);
      if (JSON.stringify(found) !== JSON.stringify(wanted)) world.violate(`${key}: revisions ${found.join()} instead of ${wanted.join()}`);
      if (rows.some(({ revision, latest }, i) => revision !== i + 1 || latest !== (i === rows.length - 1)))
        world.violate(`${key}: revisions are not numbered from one, or more than the last one counts`);
      const waits = setAside.some((row) => row.naturalKey === key);
      if (waits === isTakenUp(world, store)) world.violate(`${key}: ${waits ? "is" : "is not"} set aside`);
    });
  for (const key of receipts.keys()) if (!known.has(key)) world.violate(`${key}: no POS wrote it`);
}

function checkTotals(world: World, { status }: CloudContents): void {
  const counted = world.terminals.flatMap(({ pos }) => latestGrands(pos, (store) => isTakenUp(world, store)));
  const revisions = world.terminals
    .flatMap(({ pos }) => pos.receipts)
    .filter(({ store }) => isTakenUp(world, store))
    .reduce((sum, { contents }) => sum + contents.length - 1, 0);
  const wanted = { count: counted.length, gross: decimal(counted), revisions };
  const { transactions } = status;
  const found = { count: transactions.count, gross: transactions.grossByCurrency["EUR"] ?? "0.00", revisions: transactions.revisions };
  if (JSON.stringify(found) !== JSON.stringify(wanted))
    world.violate(`totals: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
}

/** The read model's own numbers have no hole, and every entry of the log became exactly one thing. */
function checkPositions(world: World, contents: CloudContents): void {
  const { status, tpos, duplicates, setAside, epochStarts } = contents;
  if (tpos.some((n, i) => n !== i + 1)) world.violate("positions of transactions are not dense");
  const settled = tpos.length + duplicates + setAside.length + epochStarts;
  if (settled !== status.entries)
    world.violate(
      `${status.entries} entries became ${tpos.length} transactions, ${duplicates} duplicates, ${setAside.length} set aside, ${epochStarts} epoch starts`,
    );
  if (status.setAside !== setAside.length) world.violate(`status says ${status.setAside} set aside, there are ${setAside.length}`);
}

/** What nobody can read yet is in the log with its bytes, set aside. */
function checkBadEntries(world: World, { setAsideLines }: CloudContents): void {
  for (const { pos } of world.terminals)
    for (const record of pos.records) {
      if (record.kind === "receipt") continue;
      const mark =
        record.kind === "unknown-type" ? `"made":"${pos.workstation}/${record.number}"` : `"workstation":"${pos.workstation}-to-come"`;
      if (
        !setAsideLines.some(
          (line) => line.includes(mark) && (record.kind === "unknown-type" || line.includes(`"sequence":"${record.number}"`)),
        )
      )
        world.violate(`${record.kind} ${pos.workstation}/${record.number} is not set aside`);
    }
}

/** A terminal's own figures. A clone also has what was on the disk that it was made from. */
function checkCaptured(world: World): void {
  for (const { name, pos, store } of world.terminals) {
    if (store === undefined || name.includes("clone")) continue;
    const grands = latestGrands(pos, () => true);
    const wanted = { transactions: grands.length, gross: decimal(grands) };
    const captured = readCaptured(store);
    const found = { transactions: captured.transactions, gross: captured.grossByCurrency["EUR"] ?? "0.00" };
    if (JSON.stringify(found) !== JSON.stringify(wanted))
      world.violate(`${name} captured ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
  }
}

const latestGrands = (pos: Pos, isCounted: (store: string) => boolean): number[] =>
  pos.receipts.flatMap(({ store, contents }, receipt) => (isCounted(store) ? [grandOf(receipt, contents.at(-1) ?? 0)] : []));

const decimal = (grands: readonly number[]): string => (grands.reduce((sum, grand) => sum + grand, 0) / 100).toFixed(2);
