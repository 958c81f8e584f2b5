import { expect, it } from "vitest";
import { findDoor, thisMachine, type Machine } from "./find-door.ts";

const find = (machine: Partial<Machine>): string => findDoor({ platform: "linux", env: {}, readText: () => undefined, ...machine });

it("looks where the agent puts its door for staff, on each system", () => {
  expect(find({})).toBe("/run/tillsync");
  expect(find({ platform: "darwin" })).toBe("/var/run/tillsync");
  expect(find({ platform: "win32", env: { ProgramData: "D:\\Data" } })).toBe("D:\\Data\\Tillsync\\door");
});

it("the variable comes before the machine's settings, and these before the usual place", () => {
  const readText = (path: string): string | undefined => (path === "/etc/tillsync/desktop.json" ? '{"door":"/srv/door"}' : undefined);
  expect(find({ readText })).toBe("/srv/door");
  expect(find({ readText, env: { TILLSYNC_DOOR: "/tmp/door" } })).toBe("/tmp/door");
  expect(find({ readText, env: { TILLSYNC_DOOR: "" } })).toBe("/srv/door");
});

it("settings that cannot be read are none", () => {
  for (const text of ["", "{", "[]", '{"door":1}', '{"door":""}']) expect(find({ readText: () => text })).toBe("/run/tillsync");
  expect(thisMachine.readText("/no/such/file")).toBeUndefined();
});
