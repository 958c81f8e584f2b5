import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { TillsyncError } from "@tillsync/sync-protocol";
import { answerRequest } from "./answer-request.ts";
import { failureOf, type Door } from "./door.ts";
import { createLineReader, FRAME_BYTES_MAX, HELLO_BYTES_MAX, writeFrame } from "./frames.ts";
import { LINGER_MS } from "./limits.ts";
import { CONTROL_VERSION, seal, sessionKey, textOf, unseal, unsealed } from "./seal.ts";

const NONCE = /^[A-Za-z0-9_-]{22}$/;

/** Runs one connection: a greeting out, a hello and a request in, an answer out, then it ends, whatever the other side does. */
export function serveClient(socket: Socket, door: Door): void {
  door.clients.admit(socket);
  const nonce = randomBytes(16).toString("base64url");
  const reader = createLineReader();
  let key: Buffer | undefined;
  let timer = setTimeout(() => socket.destroy(), door.deadlines.requestMs);
  const gone = new AbortController();
  socket.on("error", () => socket.destroy());
  socket.once("close", () => {
    clearTimeout(timer);
    gone.abort();
  });
  const send = (text: string, waitMs: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => socket.destroy(), waitMs);
    const line = writeFrame(key === undefined ? unsealed(text) : seal(key, "answer", text));
    if (door.clients.hold(socket, line.length)) socket.end(line);
    else socket.end(writeFrame(seal(key ?? Buffer.alloc(0), "answer", JSON.stringify(new TillsyncError("door.busy", "answers").toJSON()))));
  };
  const answer = async (request: string | undefined): Promise<void> => {
    const text = await answerRequest(request, socket, gone.signal, door);
    if (!socket.destroyed) send(text, door.deadlines.answerMs);
  };
  const onData = (chunk: Uint8Array): void => {
    let line: string | undefined;
    try {
      reader.push(chunk);
      if (key === undefined) {
        const hello = reader.line(HELLO_BYTES_MAX);
        if (hello === undefined) return;
        key = keyOf(hello, door.secret, nonce);
        door.clients.prove(socket);
      }
      line = reader.line(FRAME_BYTES_MAX);
    } catch (cause) {
      // What still arrives is thrown away; the refusal is left to be read for a moment.
      socket.off("data", onData).on("data", () => {});
      send(JSON.stringify(failureOf(cause, door)), LINGER_MS);
      return;
    }
    if (line === undefined) return;
    clearTimeout(timer);
    // One request a connection: whoever goes on sending is done.
    socket.off("data", onData).on("data", () => socket.destroy());
    void answer(unseal(key, "request", line));
  };
  socket.on("data", onData);
  socket.write(writeFrame(JSON.stringify({ tillsync: CONTROL_VERSION, nonce })));
}

/** The connection's key, if the hello shows that the other side has it too. Throws `auth.invalid`. */
function keyOf(hello: string, secret: string, nonce: string): Buffer {
  const theirs = textOf(hello);
  if (!NONCE.test(theirs)) throw new TillsyncError("auth.invalid", "hello");
  const key = sessionKey(secret, nonce, theirs);
  if (unseal(key, "hello", hello) === undefined) throw new TillsyncError("auth.invalid", "control secret");
  return key;
}
