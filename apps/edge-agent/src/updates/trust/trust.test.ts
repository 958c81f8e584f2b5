import { describe, expect, it } from "vitest";
import { madeRelease, madeRoot, makeSigners, NOW_MS, place, signedRelease, signedRoot } from "../testing/made-releases.ts";
import { ENVELOPE_BYTES_MAX } from "./envelope.ts";
import { fileNameSchema } from "./file-name.ts";
import { followRoot, followRoots, readFirstRoot, ROOTS_MAX } from "./follow-roots.ts";
import { isUpdate, judgeRelease } from "./judge-release.ts";
import { isClockBelow, rightTimeMs } from "./right-time.ts";

const keys = makeSigners(3);
const [one, two, three] = keys as [(typeof keys)[0], (typeof keys)[0], (typeof keys)[0]];
const strangers = makeSigners(2);
const root = madeRoot(keys);
const bytes = Buffer.from("a package");
const release = madeRelease("1.1.0", bytes);
const coded = (code: string): unknown => expect.objectContaining({ code });
const judge = (envelope: Uint8Array, other: Parameters<typeof place>[0] = {}) => judgeRelease(envelope, root, place(other));
const changed = (envelope: Uint8Array, change: (text: string) => string): Uint8Array =>
  Buffer.from(change(Buffer.from(envelope).toString()));

describe("a release", () => {
  it("is taken when two of three have signed it", () => {
    expect(judge(signedRelease(release, [one, three]))).toEqual(release);
    expect(isUpdate(release, place())).toBe(true);
    expect(isUpdate(madeRelease("1.0.0", bytes), place())).toBe(false);
  });

  it("is not harmed by a signature of somebody else beside enough good ones", () => {
    expect(judge(signedRelease(release, [one, strangers[0]!, two])).version).toBe("1.1.0");
  });

  it.each([
    ["one signature", () => signedRelease(release, [one])],
    ["none", () => signedRelease(release, [])],
    ["strangers", () => signedRelease(release, strangers)],
    ["one key twice", () => signedRelease(release, [one, one])],
    ["one key twice beside enough others", () => signedRelease(release, [one, one, two])],
    [
      "a signature under another's name",
      () => {
        const envelope = JSON.parse(Buffer.from(signedRelease(release, [one, strangers[0]!])).toString()) as {
          signatures: { keyid: string }[];
        };
        envelope.signatures[1]!.keyid = root.roles.release.keys[1]!;
        return Buffer.from(JSON.stringify(envelope));
      },
    ],
    [
      "a byte of it changed",
      () => {
        const envelope = JSON.parse(Buffer.from(signedRelease(release, keys)).toString()) as { payload: string };
        const payload = Buffer.from(envelope.payload, "base64").toString().replace("1.1.0", "9.1.0");
        return Buffer.from(JSON.stringify({ ...envelope, payload: Buffer.from(payload).toString("base64") }));
      },
    ],
  ])("is refused with %s", (_, make) => {
    expect(() => judge(make())).toThrow(coded("update.signature"));
  });

  it("is not a root, though the same keys have signed one", () => {
    expect(() => judge(signedRoot(root, keys))).toThrow(coded("update.malformed"));
    const disguised = changed(signedRoot(root, keys), (text) => text.replace("release-root+json", "release+json"));
    expect(() => judge(disguised)).toThrow(coded("update.signature"));
  });

  it.each([
    ["cut", (text: string) => text.slice(0, -20)],
    ["with something behind it", (text: string) => `${text}x`],
    ["no JSON", () => "<html>please sign in</html>"],
    ["empty", () => ""],
    ["nested beyond reason", () => "[".repeat(60_000)],
    ["too long", (text: string) => text + " ".repeat(ENVELOPE_BYTES_MAX)],
    ["with a field too many", (text: string) => text.replace('{"payloadType"', '{"x":1,"payloadType"')],
  ])("is malformed when its text is %s", (_, change) => {
    expect(() => judge(changed(signedRelease(release, keys), change))).toThrow(coded("update.malformed"));
  });

  it.each([
    [{ file: { ...release.file, name: "../x.tar.gz" } }],
    [{ file: { ...release.file, bytes: 0 } }],
    [{ file: { ...release.file, bytes: 2 ** 40 } }],
    [{ file: { ...release.file, sha256: release.file.sha256.toUpperCase() } }],
    [{ version: "1.1" }],
    [{ version: "1.1.0+build" }],
    [{ version: "01.1.0" }],
    [{ product: "another" }],
    [{ package: "deb" }],
    [{ expires: release.releasedAt }],
    [{ expires: "tomorrow" }],
  ])("is malformed with %j, whoever signed it", (other) => {
    expect(() => judge(signedRelease({ ...release, ...other }, keys))).toThrow(coded("update.malformed"));
  });

  it("is for the machine and the kind of install that it names", () => {
    for (const other of [{ platform: "darwin" }, { arch: "arm64" }, { package: "deb" as const }])
      expect(() => judge(signedRelease(release, keys), other)).toThrow(coded("update.wrong-place"));
  });

  it("is not taken past its date, up to the millisecond, nor under a root past its own", () => {
    const end = Date.parse(release.expires);
    expect(judge(signedRelease(release, keys), { nowMs: end - 1 }).version).toBe("1.1.0");
    expect(() => judge(signedRelease(release, keys), { nowMs: end })).toThrow(coded("update.expired"));
    const old = { ...root, expires: new Date(NOW_MS).toISOString() };
    expect(() => judgeRelease(signedRelease(release, keys), old, place())).toThrow(coded("update.expired"));
  });

  it("is never older than what was here, and not one that failed here", () => {
    expect(() => judge(signedRelease(release, keys), { version: "1.2.0" })).toThrow(coded("update.rollback"));
    expect(() => judge(signedRelease(release, keys), { floor: "1.1.1" })).toThrow(coded("update.rollback"));
    expect(() => judge(signedRelease(release, keys), { refused: [release.file.sha256] })).toThrow(coded("update.refused"));
  });
});

describe("roots", () => {
  const fresh = makeSigners(3);
  const next = madeRoot(fresh, 2, 2);

  it("are followed when enough of the old and enough of the new keys have signed", () => {
    const text = signedRoot(next, [one, two, fresh[0]!, fresh[2]!]);
    expect(followRoot(root, text)).toEqual(next);
    const after = followRoots(root, [text]);
    expect(judgeRelease(signedRelease(release, [fresh[0]!, fresh[1]!]), after, place()).version).toBe("1.1.0");
    expect(() => judgeRelease(signedRelease(release, [one, two]), after, place())).toThrow(coded("update.signature"));
  });

  it.each([
    ["the old keys alone", [one, two]],
    ["the new keys alone", [fresh[0]!, fresh[1]!]],
    ["too few of the old", [one, fresh[0]!, fresh[1]!]],
    ["too few of the new", [one, two, fresh[0]!]],
  ])("are not followed with %s", (_, signers) => {
    expect(() => followRoot(root, signedRoot(next, signers))).toThrow(coded("update.signature"));
  });

  it("count up one by one, raise and lower thresholds by both sides' rules", () => {
    const all = [...keys, ...fresh];
    expect(() => followRoot(root, signedRoot(madeRoot(fresh, 2, 3), all))).toThrow(coded("update.rollback"));
    expect(() => followRoot(root, signedRoot(madeRoot(fresh, 2, 1), all))).toThrow(coded("update.rollback"));
    expect(() => followRoot(root, signedRoot(madeRoot(keys, 3, 2), [one, two]))).toThrow(coded("update.signature"));
    expect(followRoot(root, signedRoot(madeRoot(keys, 3, 2), keys)).roles.root.threshold).toBe(3);
    expect(() => followRoot(root, signedRoot(madeRoot(keys, 1, 2), [one]))).toThrow(coded("update.signature"));
    expect(followRoot(root, signedRoot(madeRoot(keys, 1, 2), [one, two])).roles.root.threshold).toBe(1);
  });

  it("of the past are passed over, a chain is bounded, a past date in the middle harms nothing", () => {
    const second = { ...next, expires: new Date(NOW_MS - 1).toISOString() };
    const third = madeRoot(fresh, 2, 3);
    const chain = [signedRoot(root, keys), signedRoot(second, [...keys, ...fresh]), signedRoot(third, fresh)];
    expect(followRoots(root, chain)).toEqual(third);
    expect(followRoots(third, chain)).toEqual(third);
    expect(() =>
      followRoots(
        root,
        Array.from({ length: ROOTS_MAX + 1 }, () => chain[0]!),
      ),
    ).toThrow(coded("update.malformed"));
  });

  it("have keys once each, and no threshold that cannot be met", () => {
    const role = root.roles.root;
    const bad = [
      { ...role, keys: [role.keys[0], role.keys[0], role.keys[1]] },
      { ...role, threshold: 4 },
      { ...role, threshold: 0 },
    ];
    for (const roles of bad) {
      expect(() => followRoot(root, signedRoot({ ...root, version: 2, roles: { root: roles, release: role } }, keys))).toThrow(
        coded("update.malformed"),
      );
      expect(() => readFirstRoot(signedRoot({ ...root, roles: { root: role, release: roles } }, keys))).toThrow(coded("update.malformed"));
    }
  });
});

it("takes names of one grammar alone", () => {
  const good = ["tillsync-agent-1.2.0-linux-x64.tar.gz", "tillsync-agent_1.2.0~rc.1_amd64.deb", "a.deb", `${"a".repeat(116)}.deb`];
  for (const name of good) expect(fileNameSchema.safeParse(name).success, name).toBe(true);
  const bad = [
    "constructor",
    "__proto__",
    "../x.deb",
    "..\\x.deb",
    "c:\\x.deb",
    "/x.deb",
    "con.deb",
    "nul.tar.gz",
    "com1.deb",
    "x.deb.",
    "x.deb ",
    " x.deb",
    "x..deb",
    ".x.deb",
    "X.deb",
    "é.deb",
    "e\u0301.deb",
    "x.deb\n",
    "x\0.deb",
    "a b.deb",
    "x.exe",
    "%2e%2e.deb",
    `${"a".repeat(117)}.deb`,
    ".deb",
    "",
  ];
  for (const name of bad) expect(fileNameSchema.safeParse(name).success, JSON.stringify(name)).toBe(false);
});

it("believes the cloud's time before its own, and no clock that is behind what was signed", () => {
  expect(rightTimeMs(NOW_MS, null, 0)).toBe(NOW_MS);
  expect(rightTimeMs(NOW_MS, 3_600_000, 0)).toBe(NOW_MS - 3_600_000);
  expect(rightTimeMs(0, null, NOW_MS)).toBe(NOW_MS);
  expect([isClockBelow(0, null, NOW_MS), isClockBelow(0, -NOW_MS, NOW_MS), isClockBelow(NOW_MS, null, NOW_MS)]).toEqual([
    true,
    false,
    false,
  ]);
});
