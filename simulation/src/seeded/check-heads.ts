import { equalBytes, toHex, type Epoch } from "@tillsync/sync-protocol";
import { hashAt as cloudHashAt } from "../../../apps/cloud-sync/src/event-log/hash-at.ts";
import { hashPair } from "../../../apps/cloud-sync/src/ingest/hash-pair.ts";
import { hashAt } from "../../../apps/edge-agent/src/journal/hash-at.ts";
import { journalHeads } from "../../../apps/edge-agent/src/journal/journal-heads.ts";
import type { CloudContents } from "./cloud-contents.ts";
import type { Terminal } from "./terminal.ts";
import type { World } from "./world.ts";

/** Both sides have every open journal to the same head, and wherever they have two histories somebody was told. */
export async function checkHeads(world: World, contents: CloudContents): Promise<void> {
  const held = new Map(contents.status.journals.map((journal) => [`${journal.terminalId}#${journal.epoch}`, journal]));
  for (const terminal of world.terminals) {
    if (terminal.store === undefined) continue;
    for (const head of journalHeads(terminal.store)) {
      const theirs = held.get(`${terminal.id}#${head.epoch}`);
      const agree = theirs === undefined ? head.seq === 0 : theirs.seq === head.seq && theirs.hash === head.hash;
      if (!head.closed && !agree)
        world.violate(`${terminal.name} epoch ${head.epoch} is at ${head.seq} ${head.hash}, the cloud's at ${theirs?.seq} ${theirs?.hash}`);
      if (theirs !== undefined) await checkReported(world, contents, terminal, head.epoch, Math.min(head.seq, theirs.seq));
    }
  }
}

async function checkReported(world: World, contents: CloudContents, terminal: Terminal, epoch: Epoch, seq: number): Promise<void> {
  if (terminal.store === undefined || seq === 0) return;
  const ours = hashAt(terminal.store, epoch, seq);
  const theirs = await cloudHashAt(world.cloud.db, hashPair, { terminal: terminal.id, epoch }, seq);
  if (ours instanceof Uint8Array && equalBytes(ours, theirs)) return;
  const name = `${terminal.id}#${epoch}`;
  const reported = contents.leftEpochs.has(name) || contents.status.forks.some((fork) => `${fork.terminalId}#${fork.epoch}` === name);
  if (!reported) world.violate(`${terminal.name}: epoch ${epoch} went two ways before ${seq} (${toHex(theirs)}) and nobody was told`);
}
