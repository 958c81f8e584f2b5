import type { Socket } from "node:net";
import { TillsyncError } from "@tillsync/sync-protocol";
import { ANSWER_HEADERS } from "./answer-headers.ts";

const STATUS_LINES: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
};

/** Bytes that are no HTTP, headers past their limit, a sender past its deadline: answered in our words, then the line is cut. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(new TillsyncError("wire.malformed", error.code).toJSON());
  const headers = {
    ...ANSWER_HEADERS,
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(body)),
    connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${STATUS_LINES[error.code ?? ""] ?? "400 Bad Request"}\r\n${lines.join("")}\r\n${body}`);
}
