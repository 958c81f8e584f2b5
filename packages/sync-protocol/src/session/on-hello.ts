import type { ErrorCode } from "../errors/codes.ts";
import type { Epoch, Seq } from "../ids.ts";
import type { Head, JournalHead } from "../journal/head.ts";
import type { HelloAck } from "../messages/hello.ts";
import { WIRE_VERSION } from "../messages/media.ts";
import type { EventOf, Moment } from "./event.ts";
import { advance, at, blockJournal, change, changeJournal, enter, shut, type Step } from "./moves.ts";
import { onPassing } from "./on-failure.ts";
import { LIVES_MAX, limitPace } from "./pace.ts";
import { journalOf, NOTHING_TO_SETTLE, type JournalState, type SessionState, type Settling } from "./state.ts";

/** The upstream told its heads: what equals ours goes on, the rest is looked into. */
export function onHelloAnswered(state: SessionState, event: EventOf<"helloAnswered">): Step {
  const { hello } = state;
  const { ack } = event;
  if (hello?.requestId !== event.requestId) return at(state);
  const answered = change(at(state), { hello: undefined });
  if (ack.version !== WIRE_VERSION) return shut(answered, "wire.version", event);
  const heads = new Map(ack.journals.map((head) => [head.epoch, head]));
  if (hello.named.some((epoch) => !heads.has(epoch))) return onPassing(answered, { code: "wire.not-cloud" }, event);
  let step = takeNews(answered, ack, event.tookMs);
  for (const epoch of hello.named) {
    const journal = journalOf(state, epoch);
    const head = heads.get(epoch);
    if (journal !== undefined && head !== undefined) step = compareHeads(step, journal, head);
  }
  return settle(step, event);
}

/** What every answer brings beside its matter. */
export function takeNews(step: Step, ack: Pick<HelloAck, "serverTimeMs" | "maxEpoch" | "verdicts" | "verdictsMore">, tookMs: number): Step {
  const told = change(
    step,
    // Without new verdicts "more" is no reason to ask at once: the two sides would ask each other for ever.
    { maxEpoch: Math.max(step.state.maxEpoch, ack.maxEpoch), verdictsMore: ack.verdictsMore && ack.verdicts.length > 0 },
    { kind: "learnServerTime", serverTimeMs: ack.serverTimeMs, tookMs },
  );
  const limited = "limits" in ack ? change(told, { pace: limitPace(told.state.pace, (ack as HelloAck).limits) }) : told;
  return ack.verdicts.length === 0 ? limited : change(limited, {}, { kind: "saveVerdicts", verdicts: ack.verdicts });
}

function compareHeads(step: Step, journal: JournalState, head: JournalHead): Step {
  const { settling } = step.state;
  if (sameHead(head, journal.acked)) return confirm(step, head);
  // Entries that we do not have: written by a later life of this disk, which is gone, or by a copy of it.
  if (head.seq > journal.local.seq)
    return changeSettling(step, { forked: [...settling.forked, { epoch: head.epoch, reason: "restored" }] });
  if (sameHead(head, journal.local)) return confirm(step, head);
  if (head.seq > 0 && head.seq === journal.local.seq)
    return changeSettling(step, { forked: [...settling.forked, { epoch: head.epoch, reason: "fork" }] });
  return change(changeSettling(step, { checks: [...settling.checks, head] }), {}, { kind: "checkHead", head });
}

/** The host compared one head with our chain. */
export function onHeadChecked(state: SessionState, event: EventOf<"headChecked">): Step {
  const { checks, forked } = state.settling;
  const { head } = event;
  if (!checks.some((check) => check.epoch === head.epoch && sameHead(check, head))) return at(state);
  const step = changeSettling(at(state), { checks: checks.filter((check) => check.epoch !== head.epoch) });
  if (event.verdict === "ours") return settle(confirm(step, head), event);
  if (event.verdict === "pruned") return settle(blockJournal(takeAck(step, head), head.epoch, "ingest.gap-unfillable", event), event);
  // A foreign start is another key's journal. A new epoch would meet the same, so a person has to look.
  if (head.seq === 0) return settle(blockJournal(step, head.epoch, "ingest.signature", event), event);
  return settle(changeSettling(step, { forked: [...forked, { epoch: head.epoch, reason: "fork" }] }), event);
}

/** The upstream's head is on our chain: send from there, also when it is lower than what it had acknowledged before. */
function confirm(step: Step, head: JournalHead): Step {
  const journal = journalOf(step.state, head.epoch);
  const blocked = journal?.blocked === "ingest.gap-unfillable" ? undefined : journal?.blocked;
  return changeJournal(takeAck(step, head), head.epoch, { confirmed: true, blocked });
}

/** The upstream's word becomes what we hold for acknowledged, and what must not be pruned follows it. */
function takeAck(step: Step, { epoch, seq, hash }: JournalHead): Step {
  const journal = journalOf(step.state, epoch);
  const head: Head = { seq, hash };
  const taken = changeJournal(step, epoch, { acked: head, sent: seq, held: false });
  return journal === undefined || sameHead(journal.acked, head) ? taken : change(taken, {}, { kind: "saveAck", epoch, head });
}

/** Waits for the host's answers; then begins the next epoch where a journal went two ways, or goes on. */
function settle(step: Step, moment: Moment): Step {
  const { checks, forked } = step.state.settling;
  if (checks.length > 0) return enter(step, "settling", moment, step.state.code);
  return forked.length > 0 ? startNextEpoch(step, moment) : advance(step, moment);
}

/** One after the other; then a hello looks at all journals again. */
export function startNextEpoch(step: Step, moment: Moment): Step {
  const [next, ...others] = step.state.settling.forked;
  if (next === undefined) return advance(change(step, { settling: NOTHING_TO_SETTLE }), moment);
  const code: ErrorCode = next.reason === "fork" ? "ingest.fork" : "journal.copied";
  const lives = journalOf(step.state, next.epoch)?.lives ?? 0;
  if (lives >= LIVES_MAX) {
    const blocked = blockJournal(changeSettling(step, { forked: others }), next.epoch, code, moment);
    return startNextEpoch(blocked, moment);
  }
  const settling = enter(changeSettling(step, { starting: next.epoch }), "settling", moment, code);
  // Further ahead each time: a copy of this terminal may be taking the next numbers as well.
  const afterEpoch = Math.max(step.state.maxEpoch, ...step.state.journals.map(({ epoch }) => epoch)) + lives;
  const { reason, epoch: previousEpoch } = next;
  return change(settling, {}, { kind: "startEpoch", reason, previousEpoch, afterEpoch, carryAfter: CARRY_ALL });
}

/**
 * Carried over is all that is still kept. What the upstream acknowledged cannot be left out: it may have been restored
 * from a backup since, and a copy of this terminal may have filled the place; and the closed epoch is not sent again
 * should it be restored later. Readers drop what they had before by natural key and content.
 */
const CARRY_ALL = 0 as Seq;

/** A journal was begun: sends it as any other, after a hello. */
export function onEpochStarted(state: SessionState, event: EventOf<"epochStarted">): Step {
  const { journal, closedEpoch } = event;
  const others = state.journals.filter(({ epoch }) => epoch !== closedEpoch && epoch !== journal.epoch);
  const journals = [...others, openJournal(journal)].toSorted((a, b) => a.epoch - b.epoch);
  return change(at(state), { journals });
}

/** In `settling`: the answer to `startEpoch`, or one that the host began meanwhile for reasons of its own. */
export function onEpochSettled(state: SessionState, event: EventOf<"epochStarted">): Step {
  const { starting, forked } = state.settling;
  const step = onEpochStarted(state, event);
  if (starting === undefined || event.closedEpoch !== starting) return change(step, { helloDue: true });
  const lives = (journalOf(state, starting)?.lives ?? 0) + 1;
  const begun = change(changeJournal(step, event.journal.epoch, { lives }), { helloDue: true });
  return startNextEpoch(changeSettling(begun, { starting: undefined, forked: forked.filter(({ epoch }) => epoch !== starting) }), event);
}

export const openJournal = ({ epoch, local, acked }: { epoch: Epoch; local: Head; acked: Head }): JournalState => ({
  epoch,
  local,
  acked,
  sent: acked.seq,
  confirmed: false,
  blocked: undefined,
  held: false,
  lives: 0,
});

const changeSettling = (step: Step, patch: Partial<Settling>): Step => change(step, { settling: { ...step.state.settling, ...patch } });

export const sameHead = (a: Head, b: Head): boolean => a.seq === b.seq && a.hash === b.hash;
