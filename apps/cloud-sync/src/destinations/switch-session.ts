import type { ConnectorSession, SendResult } from "../connectors/connector.ts";

/** A session whose line to the receiver can be changed while items are under way. */
export interface SwitchedSession {
  readonly session: ConnectorSession;
  /** From now on everything goes by `next`. What is under way ends where it was sent; then the former line is closed. */
  readonly switchTo: (next: ConnectorSession) => void;
}

/**
 * Puts a switch in front of a session. Both sides of a switch are of one kind, so that they offer the same calls. What the
 * former line refused for its set-up has reached nobody and goes by the new one at once.
 */
export function switchedSession(first: ConnectorSession, onCloseError: (error: unknown) => void): SwitchedSession {
  let current = first;
  const underWay = new Map<ConnectorSession, number>();
  const closeWhenIdle = (session: ConnectorSession): void => {
    if (session !== current && !underWay.has(session)) void session.close().catch(onCloseError);
  };
  const use = async <T>(call: (session: ConnectorSession) => Promise<T>, reachedNobody: (result: T) => boolean): Promise<T> => {
    const session = current;
    underWay.set(session, (underWay.get(session) ?? 0) + 1);
    let result: T;
    try {
      result = await call(session);
    } finally {
      const left = (underWay.get(session) ?? 1) - 1;
      if (left > 0) underWay.set(session, left);
      else underWay.delete(session);
      closeWhenIdle(session);
    }
    return session !== current && reachedNobody(result) ? use(call, reachedNobody) : result;
  };
  const isSetUp = (result: { readonly kind: string }): boolean => result.kind === "set-up";
  const session: ConnectorSession = {
    send: (item, context) => use((line) => line.send(item, context), isSetUp),
    ...(first.sendMany === undefined
      ? {}
      : {
          sendMany: (items, context) =>
            use(
              (line) => sendAll(line, items, context),
              (results) => results.every(isSetUp),
            ),
        }),
    ...(first.lookUp === undefined ? {} : { lookUp: (item, context) => use((line) => askOne(line, item, context), isSetUp) }),
    close: async () => {
      await Promise.all([...new Set([current, ...underWay.keys()])].map((line) => line.close()));
    },
  };
  return {
    session,
    switchTo: (next) => {
      const former = current;
      current = next;
      closeWhenIdle(former);
    },
  };
}

const sendAll = (
  line: ConnectorSession,
  ...[items, context]: Parameters<NonNullable<ConnectorSession["sendMany"]>>
): Promise<SendResult[]> => line.sendMany?.(items, context) ?? Promise.all(items.map((item) => line.send(item, context)));

const askOne = (line: ConnectorSession, ...[item, context]: Parameters<NonNullable<ConnectorSession["lookUp"]>>) =>
  line.lookUp?.(item, context) ?? Promise.resolve({ kind: "uncertain" as const, detail: "the new line cannot look up" });

/** Sends nothing: stands in for a line whose configuration cannot be opened. */
export function refusingSession(detail: string): ConnectorSession {
  const refused = { kind: "set-up" as const, detail };
  return {
    send: () => Promise.resolve(refused),
    sendMany: (items) => Promise.resolve(items.map(() => refused)),
    lookUp: () => Promise.resolve(refused),
    close: () => Promise.resolve(),
  };
}
