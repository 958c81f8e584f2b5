import { createHmac, timingSafeEqual } from "node:crypto";

/** What a line is; a line of one kind proves nothing as another. */
type Kind = "hello" | "request" | "answer";

/** Version of the lines below. Both sides must have the same. */
export const CONTROL_VERSION = 1;

/** Characters of a mark, and of the space behind it. */
const MARK_CHARS = 43;

/**
 * The key of one connection, from the door's secret and a number of each side: who does not know the secret cannot make
 * it, whoever listens on a socket or pipe of that name, and nothing said on one connection counts on another.
 */
export const sessionKey = (secret: string, agentNonce: string, clientNonce: string): Buffer =>
  createHmac("sha256", secret).update(`tillsync-control/${CONTROL_VERSION}\n${agentNonce}\n${clientNonce}\n`).digest();

const markOf = (key: Buffer, kind: Kind, text: string): string =>
  createHmac("sha256", key).update(`${kind}\n`).update(text).digest("base64url");

/** A text with its mark before it: nobody between the two sides can change it. It is not hidden from who can read the connection. */
export const seal = (key: Buffer, kind: Kind, text: string): string => `${markOf(key, kind, text)} ${text}`;

/** The text of a line whose mark is right; undefined otherwise. Takes the same time wherever the mark differs. */
export function unseal(key: Buffer, kind: Kind, line: string): string | undefined {
  const text = textOf(line);
  const [given, wanted] = [Buffer.from(line.slice(0, MARK_CHARS)), Buffer.from(markOf(key, kind, text))];
  return line[MARK_CHARS] === " " && given.length === wanted.length && timingSafeEqual(given, wanted) ? text : undefined;
}

/** What a line says, proven or not. */
export const textOf = (line: string): string => line.slice(MARK_CHARS + 1);

/** A line that proves nothing: what an agent says to who has not shown that he knows the secret. */
export const unsealed = (text: string): string => `${"-".repeat(MARK_CHARS)} ${text}`;
