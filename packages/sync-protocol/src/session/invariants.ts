import type { SessionState } from "./state.ts";

/** What always holds, by name. SPEC.md says of each how it is kept and which test tries to break it. */
export const INVARIANTS = {
  I1: "The upstream acknowledges nothing that it has not stored.",
  I2: "What is held for acknowledged moves forward along our own chain, or back by the upstream's own word.",
  I3: "No entry is skipped: every journal reaches the upstream dense, from its first entry on.",
  I4: "At most as many batches are under way as both sides allow.",
  I5: "Every request ends in an answer, a failure, or being abandoned.",
  I6: "A fork is never merged: entries of two lives of a journal never stand in one chain.",
  I7: "Once faults end and nobody has to act, everything is sent.",
} as const;
export type Invariant = keyof typeof INVARIANTS;

/** The invariants that show in one state alone; empty when all hold. For tests and simulations. */
export function brokenInvariants(state: SessionState): string[] {
  const broken: string[] = [];
  const { pushes, pace, journals } = state;
  if (pushes.length > pace.limits.inFlightMax) broken.push(`I4: ${pushes.length} batches under way`);
  if (pushes.length > 0 !== (state.name === "sending")) broken.push(`I5: ${pushes.length} batches under way while ${state.name}`);
  if ((state.hello !== undefined) !== (state.name === "greeting")) broken.push(`I5: hello and state ${state.name} disagree`);
  for (const { epoch, acked, sent, local, blocked, confirmed } of journals) {
    if (blocked === undefined && confirmed && !(acked.seq <= sent && sent <= local.seq))
      broken.push(`I3: epoch ${epoch} acked ${acked.seq} sent ${sent} local ${local.seq}`);
    if (sent !== acked.seq && !pushes.some((push) => push.epoch === epoch)) broken.push(`I3: epoch ${epoch} sent to ${sent} by nobody`);
  }
  for (const push of pushes) {
    if (!journals.some(({ epoch, blocked }) => epoch === push.epoch && blocked === undefined))
      broken.push(`I5: a batch of epoch ${push.epoch}, which is not open`);
  }
  return broken;
}
