import { connect } from "node:net";

/** Sends bytes as they are and gives what came back until the line was cut, or until `enough` says so. */
export function rawRequest(port: number, bytes: string | Uint8Array, enough: (text: string) => boolean = isWhole): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    const end = (): void => {
      socket.destroy();
      resolve(text);
    };
    socket.on("data", (chunk) => {
      text += String(chunk);
      if (enough(text)) end();
    });
    socket.on("error", end).on("close", end);
  });
}

/** An answer with the body that its header promises. */
function isWhole(text: string): boolean {
  const at = text.indexOf("\r\n\r\n");
  const length = /content-length: (\d+)/i.exec(text)?.[1];
  return at >= 0 && length !== undefined && Buffer.byteLength(text.slice(at + 4)) >= Number(length);
}

export const statusOf = (text: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
export const codeOf = (text: string): string | undefined => /"code":"([^"]+)"/.exec(text)?.[1];
