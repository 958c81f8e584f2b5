import type { WebContents } from "electron";
import { TillsyncError } from "@tillsync/sync-protocol";
import { bridgeAnswerSchema, type BridgeAnswer } from "@tillsync/edge-agent/window-api";
import { expect, it } from "vitest";
import { answerPage, ASKED_AT_ONCE_MAX, REQUEST_CHARS_MAX } from "./answer-page.ts";
import { isWindowFrame } from "./is-window-frame.ts";

const sender = {} as WebContents;
const frame = (url: string, parent: unknown = null) => ({ sender, senderFrame: { url, parent } as never });

it("knows the window's own top frame, and no other", () => {
  expect(isWindowFrame(frame("tillsync://window/index.html#/care"), sender)).toBe(true);
  expect(isWindowFrame(frame("tillsync://window/index.html"), undefined)).toBe(false);
  expect(isWindowFrame(frame("tillsync://window/index.html"), {} as WebContents)).toBe(false);
  expect(isWindowFrame(frame("tillsync://window/index.html", {}), sender)).toBe(false);
  expect(isWindowFrame({ sender, senderFrame: null }, sender)).toBe(false);
  for (const url of [
    "",
    "about:blank",
    "https://window/",
    "tillsync://other/",
    "tillsync://user@window/",
    "tillsync://window:1/",
    "file:///x",
  ])
    expect([url, isWindowFrame(frame(url), sender)]).toEqual([url, false]);
});

const errors: unknown[] = [];
const answering = (
  ask: (method: string, request: unknown) => Promise<unknown>,
): ((method: unknown, request: unknown) => Promise<BridgeAnswer>) => answerPage({ ask, onError: (error) => void errors.push(error) });

it("passes on what fits, with defaults filled in, and answers what the bridge's schema knows", async () => {
  const seen: unknown[] = [];
  const answer = answering(async (...asked) => {
    seen.push(asked);
    return { rows: [] };
  });
  expect(await answer("find-products", { text: " milk " })).toEqual({ result: { rows: [] } });
  expect(seen).toEqual([["find-products", { text: "milk", limit: 50 }]]);
});

it("refuses what is no method or does not fit, without asking the agent", async () => {
  const answer = answering(() => Promise.reject(new Error("must not be asked")));
  for (const method of ["stop", "capture", "constructor", "__proto__", "", 1, null, ["day"], { toString: () => "day" }])
    expect(await answer(method, {})).toEqual({ error: { code: "wire.malformed", detail: "method" } });
  expect(await answer("day", { businessDay: "tomorrow" })).toMatchObject({ error: { code: "wire.malformed", detail: "businessDay" } });
  expect(await answer("day", null)).toMatchObject({ error: { code: "wire.malformed" } });
});

it("takes a request at the limit of size and none past it", async () => {
  const answer = answering(() => Promise.resolve([]));
  const request = (chars: number): unknown => {
    const empty = { collection: "products", rows: [{ newDocumentState: { id: "1", schemaVersion: 1, _deleted: false, text: "" } }] };
    const rest = chars - JSON.stringify(empty).length;
    return { collection: "products", rows: [{ newDocumentState: { id: "1", schemaVersion: 1, _deleted: false, text: "x".repeat(rest) } }] };
  };
  const codes = [
    await answer("reference-push", request(REQUEST_CHARS_MAX)),
    await answer("reference-push", request(REQUEST_CHARS_MAX + 1)),
  ];
  expect(codes.map((one) => ("error" in one ? one.error.code : "taken"))).toEqual(["taken", "wire.too-large"]);
});

it("tells the agent's codes, its silence, and of a bug no more than that there is one", async () => {
  const refused = answering(() => Promise.reject(new TillsyncError("store.disk-full", "data")));
  const silent = answering(() => Promise.resolve(undefined));
  const broken = answering(() => Promise.reject(new Error("/secret/path")));
  const answers = [await refused("day", {}), await silent("day", {}), await broken("day", {})];
  expect(answers).toEqual([
    { error: { code: "store.disk-full", detail: "data" } },
    { error: { code: "wire.unreachable", detail: "the agent" } },
    { error: { code: "internal.unexpected" } },
  ]);
  for (const one of answers) expect(bridgeAnswerSchema.safeParse(one).success).toBe(true);
  expect(errors.map(String)).toEqual(["Error: /secret/path"]);
});

it("has so many under way and no more, and makes room again", async () => {
  const release: (() => void)[] = [];
  const answer = answering(() => new Promise((resolve) => void release.push(() => resolve({}))));
  const all = Array.from({ length: ASKED_AT_ONCE_MAX }, () => answer("day", {}));
  expect(await answer("day", {})).toMatchObject({ error: { code: "wire.busy" } });
  for (const one of release.splice(0)) one();
  await Promise.all(all);
  const next = answer("day", {});
  for (const one of release.splice(0)) one();
  expect(await next).toEqual({ result: {} });
});
