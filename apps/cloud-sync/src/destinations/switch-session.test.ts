import { expect, test } from "vitest";
import type { ConnectorSession, DeliveryItem, SendResult } from "../connectors/connector.ts";
import { makeItem } from "../connectors/testing/make-item.ts";
import { noContext } from "../connectors/testing/context.ts";
import { refusingSession, switchedSession } from "./switch-session.ts";

const delivered: SendResult = { kind: "delivered" };
const item: DeliveryItem = makeItem();

/** A line whose sends end when the test says so. */
function lineOf(answer: SendResult = delivered) {
  const waiting: (() => void)[] = [];
  const line = { sent: 0, closed: 0, end: () => waiting.splice(0).forEach((end) => end()) };
  const send = (): Promise<SendResult> => {
    line.sent += 1;
    return new Promise((resolve) => {
      waiting.push(() => resolve(answer));
    });
  };
  const session: ConnectorSession = {
    send,
    sendMany: (items) => Promise.all(items.map(send)),
    lookUp: () => Promise.resolve({ kind: "absent" }),
    close: () => {
      line.closed += 1;
      return Promise.resolve();
    },
  };
  return { ...line, line, session };
}
const opened = (session: ConnectorSession) => switchedSession(session, (error) => expect(error).toBeUndefined());

test("what is under way ends on the former line, which is closed only then; all that comes later goes by the next", async () => {
  const [former, next] = [lineOf(), lineOf()];
  const { session, switchTo } = opened(former.session);
  const [first, second] = [session.send(item, noContext), session.send(item, noContext)];
  switchTo(next.session);
  const third = session.send(item, noContext);
  expect([former.line.sent, next.line.sent, former.line.closed]).toEqual([2, 1, 0]);
  former.line.end();
  expect(await Promise.all([first, second])).toEqual([delivered, delivered]);
  expect([former.line.sent, next.line.sent, former.line.closed]).toEqual([2, 1, 1]);
  next.line.end();
  expect(await third).toEqual(delivered);
  await session.close();
  expect([former.line.closed, next.line.closed]).toEqual([1, 1]);
});

test("an idle line is closed at once; closing closes what is still under way too", async () => {
  const [first, second, third] = [lineOf(), lineOf(), lineOf()];
  const { session, switchTo } = opened(first.session);
  switchTo(second.session);
  expect(first.line.closed).toBe(1);
  void session.send(item, noContext);
  switchTo(third.session);
  expect(second.line.closed).toBe(0);
  await session.close();
  expect([second.line.closed, third.line.closed]).toEqual([1, 1]);
});

test("what the former line refused for its set-up reached nobody and goes by the next; nothing else is sent twice", async () => {
  for (const [answer, sentAgain] of [
    [{ kind: "set-up", detail: "status 401" }, 1],
    [{ kind: "uncertain", detail: "no answer" }, 0],
    [{ kind: "theirs", detail: "status 503" }, 0],
    [{ kind: "rejected", detail: "status 422" }, 0],
  ] as const) {
    const [former, next] = [lineOf(answer), lineOf()];
    const { session, switchTo } = opened(former.session);
    const one = session.send(item, noContext);
    const many = session.sendMany?.([item, item], noContext);
    switchTo(next.session);
    former.line.end();
    await new Promise((resolve) => setImmediate(resolve));
    expect(next.line.sent).toBe(sentAgain * 3);
    next.line.end();
    expect(await one).toEqual(sentAgain === 1 ? delivered : answer);
    expect(await many).toHaveLength(2);
  }
});

test("a session offers what its connector offers; a refusing one sends nothing", async () => {
  const whole = lineOf().session;
  const bare: ConnectorSession = { send: (one, context) => whole.send(one, context), close: () => whole.close() };
  expect(Object.keys(opened(bare).session)).toEqual(["send", "close"]);
  const refused = refusingSession("destination.sealed");
  const { session, switchTo } = opened(lineOf().session);
  switchTo(refused);
  const setUp = { kind: "set-up", detail: "destination.sealed" };
  expect(await session.send(item, noContext)).toEqual(setUp);
  expect(await session.sendMany?.([item], noContext)).toEqual([setUp]);
  expect(await session.lookUp?.(item, noContext)).toEqual(setUp);
});
