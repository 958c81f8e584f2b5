import type { Dispatcher } from "undici";

/** As much of an answer as is read: ample for a vendor's record, little enough for a body that never ends. */
export const ANSWER_BYTES_MAX = 1024 * 1024;

export type ReadBody = { readonly kind: "json"; readonly value: unknown } | { readonly kind: "unreadable"; readonly why: string };

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Reads an answer whole, within its request's deadline. An empty body is JSON `undefined`. Never rejects. */
export async function readBody(body: Dispatcher.ResponseData["body"]): Promise<ReadBody> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes > ANSWER_BYTES_MAX) return { kind: "unreadable", why: `a body over ${ANSWER_BYTES_MAX} bytes` };
      chunks.push(chunk);
    }
    const text = decoder.decode(Buffer.concat(chunks));
    return { kind: "json", value: text === "" ? undefined : (JSON.parse(text) as unknown) };
  } catch (error) {
    const parse =
      error instanceof SyntaxError || (error instanceof TypeError && "code" in error && error.code === "ERR_ENCODING_INVALID_ENCODED_DATA");
    return { kind: "unreadable", why: parse ? "a body that is no JSON" : "a body that was cut off" };
  } finally {
    body.destroy();
  }
}
