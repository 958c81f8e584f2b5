import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { ConnectorSession, SendResult } from "../connector.ts";
import { noContext } from "./context.ts";
import { makeItem } from "./make-item.ts";
import { behaviours, startReceiver, type Behaviour, type Receiver } from "./misbehaving-receiver.ts";

export interface ConnectorUnderTest {
  /** Opens a session to the receiver with a deadline of about `timeoutMs`. */
  open(url: string, timeoutMs: number): ConnectorSession;
  /** The identity that a request carries, wherever this connector puts it. */
  identityOf(request: { headers: Record<string, unknown>; body: string }): string | undefined;
}

const DEADLINE_MS = 250;

/** What the dispatcher relies on, for every connector that speaks HTTP: whose fault is what, and one identity for ever. */
export function runConnectorContractTests(name: string, connector: ConnectorUnderTest): void {
  describe(`${name} keeps the connector's contract`, () => {
    let receiver: Receiver;
    const sessions: ConnectorSession[] = [];
    beforeAll(async () => {
      receiver = await startReceiver();
    });
    afterEach(async () => {
      await Promise.all(sessions.splice(0).map((session) => session.close()));
      receiver.seen.length = 0;
    });
    afterAll(() => receiver.close());
    const open = (url = receiver.url): ConnectorSession => {
      const session = connector.open(url, DEADLINE_MS);
      sessions.push(session);
      return session;
    };
    const sendTo = (behaviour: Behaviour): Promise<SendResult> => {
      receiver.behave(behaviour);
      return open().send(makeItem(), noContext);
    };

    test.each(["ok", "noContent", "html", "cutInAnswer", "slowDrip", "hugeBody"] as const)(
      "%s: a success is a success, whatever the body",
      async (kind) => {
        const startedMs = performance.now();
        expect(await sendTo(behaviours[kind])).toMatchObject({ kind: "delivered" });
        expect(performance.now() - startedMs).toBeLessThan(DEADLINE_MS * 8);
      },
    );

    test.each([
      ["serverError", { kind: "theirs" }],
      ["tooMany", { kind: "theirs", retryAfterMs: 7_000, slowDown: true }],
      ["refused", { kind: "rejected" }],
      ["unauthorized", { kind: "set-up" }],
      ["forbidden", { kind: "set-up" }],
      ["notFound", { kind: "set-up" }],
      ["gone", { kind: "set-up" }],
      ["redirect", { kind: "set-up" }],
      ["silent", { kind: "uncertain" }],
      ["cut", { kind: "uncertain" }],
    ] as const)("%s is classed as %o", async (kind, result) => {
      expect(await sendTo(behaviours[kind])).toMatchObject(result);
    });

    test("a date in Retry-After is read as a wait", async () => {
      const result = await sendTo(behaviours.busyUntil);
      expect(result).toMatchObject({ kind: "theirs" });
      expect(result.kind === "theirs" && result.retryAfterMs).toBeGreaterThan(50_000);
    });

    test("a redirect is not followed", async () => {
      await sendTo(behaviours.redirect);
      expect(receiver.seen).toHaveLength(1);
    });

    test("nobody there is theirs, not uncertain: nothing was sent", async () => {
      const gone = await startReceiver();
      await gone.close();
      expect(await open(gone.url).send(makeItem(), noContext)).toMatchObject({ kind: "theirs" });
    });

    test("every attempt of an item carries the same identity and the same content; another revision has another", async () => {
      receiver.behave(behaviours.serverError);
      const session = open();
      await session.send(makeItem(), noContext);
      await session.send(makeItem(), noContext);
      await session.send(makeItem({ revision: 2 }), noContext);
      const [first, again, revised] = receiver.seen.map((one) => connector.identityOf(one as never));
      expect(first).toBe(again);
      expect(revised).not.toBe(first);
      expect(receiver.seen[0]?.body).toBe(receiver.seen[1]?.body);
    });

    test("many sends at once do not disturb each other", async () => {
      receiver.behave((response) => setTimeout(() => response.writeHead(200).end(), 5));
      const session = open();
      const results = await Promise.all(Array.from({ length: 32 }, (_, i) => session.send(makeItem({ tpos: i + 1 }), noContext)));
      expect(results.every((result) => result.kind === "delivered")).toBe(true);
      expect(receiver.seen).toHaveLength(32);
    });
  });
}
