import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeHlc } from "../clock/hlc.ts";
import type { Member } from "../reference/collection.ts";
import { documentSchemas } from "../reference/collection.ts";
import type { MemberChangeTransaction } from "../model/transaction.ts";
import { changedMemberFields, mergeMembers, rewriteMember, stampMember, toldMember } from "./member-profile.ts";

const memberRef = "abcdefghijklmnopqrstuv" as MemberChangeTransaction["memberChange"]["memberRef"];
const hlc = (ms: number) => encodeHlc({ ms, counter: 0 });
const nobody: Member = { id: memberRef, state: "active" };

const change = fc
  .record({
    kind: fc.constantFrom("enrolled" as const, "updated" as const, "left" as const),
    tier: fc.option(fc.constantFrom("gold", "silver"), { nil: undefined }),
    email: fc.option(fc.boolean(), { nil: undefined }),
    language: fc.option(fc.constantFrom("de", "fr"), { nil: undefined }),
    ms: fc.integer({ min: 1, max: 5 }),
  })
  .map(({ kind, tier, email, language, ms }) =>
    toldMember(
      {
        memberRef,
        kind,
        ...(tier === undefined ? {} : { tier }),
        ...(email === undefined ? {} : { consents: { email } }),
        ...(language === undefined ? {} : { attributes: { language } }),
      },
      hlc(ms),
    ),
  );
const changes = fc.array(change, { maxLength: 12 });
const fold = (list: readonly Member[], merge = mergeMembers): Member => list.reduce(merge, nobody);

describe("a member", () => {
  test("is the same whatever the order, grouping and number of times in which changes come", () => {
    fc.assert(
      fc.property(changes, changes, changes, (a, b, c) => {
        const whole = fold([...a, ...b, ...c]);
        expect(fold([...c, ...a, ...b, ...a])).toEqual(whole);
        expect(mergeMembers(fold(a), mergeMembers(fold(b), fold(c)))).toEqual(whole);
        expect(mergeMembers(mergeMembers(fold(c), fold(b)), fold(a))).toEqual(whole);
        expect(mergeMembers(whole, whole)).toEqual(whole);
        expect(documentSchemas.members.parse(whole)).toEqual(whole);
      }),
    );
  });

  test("has of each field what was said last", () => {
    fc.assert(
      fc.property(changes, (list) => {
        const tiers = list.filter((one) => one.tier !== undefined).map((one) => `${one.stamps?.["tier"] ?? ""} "${one.tier ?? ""}"`);
        expect(fold(list).tier ?? "").toBe(tiers.toSorted().at(-1)?.split('"')[1] ?? "");
      }),
    );
  });

  test("control: the last to arrive wins, or the whole record wins, and it is noticed", () => {
    const arrival = (_a: Member, b: Member): Member => b;
    const whole = (a: Member, b: Member): Member => (JSON.stringify(a.stamps ?? {}) > JSON.stringify(b.stamps ?? {}) ? a : b);
    for (const broken of [arrival, whole])
      expect(fc.check(fc.property(changes, (list) => JSON.stringify(fold(list, broken)) === JSON.stringify(fold(list)))).failed).toBe(true);
  });

  test("who left and joins again is active; an update alone does not bring anybody back", () => {
    const left = fold([toldMember({ memberRef, kind: "left" }, hlc(2))]);
    expect(left.state).toBe("left");
    expect(mergeMembers(left, toldMember({ memberRef, kind: "updated", tier: "gold" }, hlc(3)))).toMatchObject({
      state: "left",
      tier: "gold",
    });
    expect(mergeMembers(left, toldMember({ memberRef, kind: "enrolled" }, hlc(3))).state).toBe("active");
    expect(mergeMembers(left, toldMember({ memberRef, kind: "enrolled" }, hlc(1))).state).toBe("left");
  });

  test("rewritten by its master keeps the stamps of what is the same, and what was left out is gone as of now", () => {
    const before = fold([toldMember({ memberRef, kind: "updated", tier: "gold", attributes: { language: "de" } }, hlc(1))]);
    const written = rewriteMember(before, { ...nobody, tier: "gold", points: 40 }, hlc(9));
    expect(written).toEqual({
      ...nobody,
      tier: "gold",
      points: 40,
      stamps: { "attributes.language": hlc(9), points: hlc(9), tier: hlc(1) },
    });
    const older = toldMember({ memberRef, kind: "updated", attributes: { language: "fr" } }, hlc(5));
    expect(mergeMembers(written, older).attributes).toBeUndefined();
    expect(changedMemberFields(before, written)).toEqual(["attributes.language", "points"].toSorted());
    expect(stampMember({ ...nobody, points: 1 }, hlc(3)).stamps).toEqual({ points: hlc(3) });
  });
});
