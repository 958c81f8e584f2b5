import type { HlcText } from "../clock/hlc.ts";
import type { MemberChangeTransaction } from "../model/transaction.ts";
import type { Member } from "../reference/collection.ts";

type MemberChange = MemberChangeTransaction["memberChange"];

/** Value and last change of each field, by the name of its stamp: `tier`, `consents.email`. Absent value: taken away then. */
type Registers = ReadonlyMap<string, Register>;
interface Register {
  readonly value: unknown;
  readonly stamp: HlcText | undefined;
}

const PLAIN = ["programme", "tier", "customerGroup", "points", "state", "sealed"] as const;
const NESTED = ["consents", "attributes"] as const;

/**
 * What is known of a member once both are known: of each field the later change; of two at the same time the value whose JSON text is larger. A
 * field without a stamp is earlier than any that has one. Commutative, associative, idempotent. `left` is a value of `state` like
 * any other: who joins again later is active again.
 */
export function mergeMembers(a: Member, b: Member): Member {
  const merged = new Map(registersOf(a));
  for (const [name, other] of registersOf(b)) {
    const own = merged.get(name);
    merged.set(name, own === undefined || isLater(other, own) ? other : own);
  }
  return memberOf(a.id, merged);
}

/** A member as one record tells of it: its fields, all changed at `hlc`. What the record does not tell is not there. */
export function toldMember(change: MemberChange, hlc: HlcText): Member {
  const { memberRef, kind, programme, tier, consents, attributes } = change;
  const told: Record<string, unknown> = { programme, tier, state: kind === "updated" ? undefined : kind === "left" ? "left" : "active" };
  for (const [group, values] of Object.entries({ consents, attributes }))
    for (const [name, value] of Object.entries(values ?? {})) told[`${group}.${name}`] = value;
  const registers = Object.entries(told).flatMap(([name, value]) => (value === undefined ? [] : [[name, { value, stamp: hlc }] as const]));
  return memberOf(memberRef, new Map(registers));
}

/** Gives each field that has no stamp this one: what somebody wrote without saying when was written then. */
export function stampMember(member: Member, hlc: HlcText): Member {
  const registers = [...registersOf(member)].map(([name, { value, stamp }]) => [name, { value, stamp: stamp ?? hlc }] as const);
  return memberOf(member.id, new Map(registers));
}

/** What somebody says that was changed, and when; what only repeats what they were told is left out. */
export function onlyStamped(member: Member): Member {
  return memberOf(member.id, new Map([...registersOf(member)].filter(([, { stamp }]) => stamp !== undefined)));
}

/**
 * A member as its master writes it anew, whole: fields that differ from before are changed now, also those that are left
 * out; the others keep their stamps.
 */
export function rewriteMember(before: Member, written: Member, hlc: HlcText): Member {
  const [old, now] = [registersOf(before), registersOf(written)];
  const names = new Set([...old.keys(), ...now.keys()]);
  const registers = [...names].map((name) => {
    const [was, is] = [old.get(name), now.get(name)];
    const same = JSON.stringify(was?.value) === JSON.stringify(is?.value);
    return [name, { value: is?.value, stamp: same ? was?.stamp : hlc }] as const;
  });
  return memberOf(before.id, new Map(registers));
}

/** Names of the fields in which two differ, by value; stamps are not looked at. */
export function changedMemberFields(a: Member, b: Member): string[] {
  const [one, other] = [registersOf(a), registersOf(b)];
  return [...new Set([...one.keys(), ...other.keys()])].filter(
    (name) => JSON.stringify(one.get(name)?.value) !== JSON.stringify(other.get(name)?.value),
  );
}

function isLater(a: Register, b: Register): boolean {
  const [at, than] = [a.stamp ?? "", b.stamp ?? ""];
  return at === than ? textOf(a.value) > textOf(b.value) : at > than;
}

const textOf = (value: unknown): string => (value === undefined ? "" : JSON.stringify(value));

function registersOf(member: Member): Registers {
  const stamps = member.stamps ?? {};
  const values: Record<string, unknown> = {};
  for (const name of PLAIN) values[name] = member[name];
  for (const group of NESTED) for (const [name, value] of Object.entries(member[group] ?? {})) values[`${group}.${name}`] = value;
  for (const name of Object.keys(stamps)) if (isField(name)) values[name] ??= undefined;
  const known = Object.entries(values).filter(([name, value]) => value !== undefined || stamps[name] !== undefined);
  // Everybody is active who is not said to have left: that is no statement of its own.
  return new Map(
    known.flatMap(([name, value]) =>
      name === "state" && value === "active" && stamps[name] === undefined ? [] : [[name, { value, stamp: stamps[name] }] as const],
    ),
  );
}

const isField = (name: string): boolean =>
  (PLAIN as readonly string[]).includes(name) || NESTED.some((group) => name.startsWith(`${group}.`));

/** Fields in one order, so that equal members are equal texts. */
function memberOf(id: Member["id"], registers: Registers): Member {
  const fields: Record<string, unknown> = {};
  const groups: Record<string, Record<string, unknown>> = {};
  const stamps: Record<string, HlcText> = {};
  for (const [name, { value, stamp }] of [...registers].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (stamp !== undefined) stamps[name] = stamp;
    const [group = "", field] = name.split(".", 2);
    if (value === undefined) continue;
    if (field === undefined) fields[name] = value;
    else (groups[group] ??= {})[field] = value;
  }
  const stamped = Object.keys(stamps).length === 0 ? {} : { stamps };
  return { id, ...fields, ...groups, state: fields["state"] === "left" ? "left" : "active", ...stamped };
}
