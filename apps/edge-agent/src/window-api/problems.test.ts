import { ERROR_CODES } from "@tillsync/sync-protocol";
import { expect, it } from "vitest";
import { findProblems } from "./problems.ts";
import type { Snapshot } from "./snapshot.ts";
import { trayState } from "./tray-state.ts";
import { goodSnapshot, goodSource, NOW_MS } from "./snapshots-for-tests.ts";

const codes = (part: Partial<Snapshot>): string[] => findProblems({ ...goodSnapshot, ...part }, NOW_MS).map(({ code }) => code);

it("finds nothing on a good day", () => expect(codes({})).toEqual([]));

it("names the gravest first, in words of the catalogue, and the tray counts the others", () => {
  const everything: Partial<Snapshot> = {
    line: { state: "not-enrolled", sinceMs: null, lastError: null },
    disk: { state: "full" },
    clock: { offsetMs: -4e6, code: "clock.wrong" },
    setAside: { open: 2, handedToIt: 1 },
    sources: [
      { ...goodSource, name: "a", state: "failing", code: "source.not-found" },
      { ...goodSource, name: "b", state: "stopped" },
    ],
    reference: { state: "blocked", asOfMs: null, code: "auth.revoked" },
    orders: { toHandOver: 0, conflicts: 1 },
    pause: { sinceMs: NOW_MS, untilMs: NOW_MS + 1, reason: "x" },
  };
  const found = codes(everything);
  expect(found).toEqual([
    "store.disk-full",
    "enrol.required",
    "source.not-found",
    "source.stale",
    "capture.set-aside",
    "clock.wrong",
    "auth.revoked",
    "order.conflict",
    "source.paused",
  ]);
  expect(found.filter((code) => !Object.hasOwn(ERROR_CODES, code))).toEqual([]);
  expect(trayState({ ...goodSnapshot, ...everything }, NOW_MS)).toEqual({
    kind: "attention",
    code: "store.disk-full",
    others: 8,
    help: goodSnapshot.help,
  });
});

it("tells what blocks both ways once, and the same fault of two sources twice", () => {
  const lastError = { code: "auth.revoked", atMs: NOW_MS };
  expect(
    codes({ line: { state: "blocked", sinceMs: null, lastError }, reference: { state: "blocked", asOfMs: null, code: "auth.revoked" } }),
  ).toEqual(["auth.revoked"]);
  const failing = { ...goodSource, state: "failing" as const, code: "source.no-permission" };
  expect(codes({ sources: [failing, { ...failing, name: "two" }] })).toEqual(["source.no-permission", "source.no-permission"]);
});

it("asks for a person where the network does, and not where the line is merely down", () => {
  const offline = (code: string): string[] => codes({ line: { state: "offline", sinceMs: null, lastError: { code, atMs: NOW_MS } } });
  expect(offline("wire.sign-in")).toEqual(["wire.sign-in"]);
  expect(offline("wire.proxy-refused")).toEqual(["wire.proxy-refused"]);
  expect(offline("wire.unreachable")).toEqual([]);
  expect(codes({ line: { state: "online", sinceMs: null, lastError: { code: "wire.sign-in", atMs: 1 } } })).toEqual([]);
});

it("names a terminal without any source, and keeps what a newer agent names", () => {
  expect(codes({ sources: [] })).toEqual(["source.none"]);
  const later = { code: "later.version", detail: null, about: null };
  expect(codes({ disk: { state: "full" }, problems: [later, { code: "store.disk-full", detail: null, about: null }] })).toEqual([
    "store.disk-full",
    "later.version",
  ]);
  expect(codes({ sources: [{ ...goodSource, failed: 1 }] })).toEqual(["capture.set-aside"]);
});
