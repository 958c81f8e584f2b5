import { equalBytes, toHex, type Epoch } from "@tillsync/sync-protocol";
import { hashAt as cloudHashAt } from "../../../apps/cloud-sync/src/event-log/hash-at.ts";
import { hashPair } from "../../../apps/cloud-sync/src/ingest/hash-pair.ts";
import { hashAt } from "../../../apps/edge-agent/src/journal/hash-at.ts";
import { journalHeads } from "../../../apps/edge-agent/src/journal/journal-heads.ts";
import { readBatch } from "../../../apps/edge-agent/src/journal/read-batch.ts";
import type { AgentStore } from "../../../apps/edge-agent/src/store/agent-store.ts";
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
  if (reported) return;
  // It began a new epoch over this fork, and had to leave that one as well before its start was sent: starts of epochs are
  // not carried over. Counted, so that a run shows how often.
  if (leftByItself(terminal.store).has(epoch)) world.trace.fault(world.nowMs(), terminal.name, "fork-known-to-terminal-alone", `${epoch}`);
  else world.violate(`${terminal.name}: epoch ${epoch} went two ways before ${seq} (${toHex(theirs)}) and nobody was told`);
}

/** Epochs that this journal says it left because of another history. */
function leftByItself(store: AgentStore): ReadonlySet<number> {
  const starts = journalHeads(store).map(({ epoch }) => readBatch(store, { epoch, afterSeq: 0, entriesMax: 1, bytesMax: 0 }));
  const texts = starts.flatMap((start) => (start.kind === "batch" ? start.lines.map((line) => Buffer.from(line).toString()) : []));
  const bodies = texts.map((text) => (JSON.parse(text) as { body: { reason?: string; previous?: { epoch: number } } }).body);
  return new Set(
    bodies.flatMap(({ reason, previous }) => (previous && (reason === "fork" || reason === "restored") ? [previous.epoch] : [])),
  );
}
