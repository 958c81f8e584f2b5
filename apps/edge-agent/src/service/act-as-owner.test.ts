import { expect, it, vi } from "vitest";
import { actAsOwner, namedFolder } from "./act-as-owner.ts";

const rights = (uid: number, owner: number | undefined) => ({
  uid,
  ownerOf: () => (owner === undefined ? undefined : { uid: owner, gid: owner }),
  become: vi.fn<(uid: number, gid: number) => void>(),
});

it("lets root work as the owner of the folder, and changes nobody else", () => {
  const cases: [uid: number, owner: number | undefined, command: string, data: string | undefined, becomes: number | undefined][] = [
    [0, 990, "enrol", "/d", 990],
    [0, 990, "run", "/d", 990],
    [0, 0, "enrol", "/d", undefined],
    [0, undefined, "enrol", "/d", undefined],
    [0, 990, "enrol", undefined, undefined],
    [0, 990, "service", "/d", undefined],
    [0, 990, "updates", "/d", undefined],
    [1000, 990, "enrol", "/d", undefined],
  ];
  for (const [uid, owner, command, data, becomes] of cases) {
    const process = rights(uid, owner);
    actAsOwner(command, data, process);
    expect(process.become.mock.calls, `${command} by ${uid}`).toEqual(becomes === undefined ? [] : [[becomes, becomes]]);
  }
});

it("finds the folder as it may be named", () => {
  expect(namedFolder(["--json", "--data", "/a"], { TILLSYNC_DATA: "/b" })).toBe("/a");
  expect(namedFolder(["--data=/a"], {})).toBe("/a");
  expect(namedFolder(["--json"], { TILLSYNC_DATA: "/b" })).toBe("/b");
  expect(namedFolder([], {})).toBeUndefined();
});
