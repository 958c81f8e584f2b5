import { connect, createServer } from "node:net";
import { expect, test } from "vitest";
import { startCountingProxy } from "./counting-proxy.ts";

test("counts what passes in each direction since it was last asked, and changes none of it", async () => {
  const echo = createServer((socket) => socket.on("data", (chunk) => socket.end(Buffer.concat([chunk, chunk]))));
  await new Promise<void>((resolve) => echo.listen(0, "127.0.0.1", resolve));
  const address = echo.address();
  const line = await startCountingProxy(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`);
  try {
    expect(await exchange(line.url, "hello")).toBe("hellohello");
    expect(line.take()).toEqual({ up: 5, down: 10 });
    expect(line.take()).toEqual({ up: 0, down: 0 });
  } finally {
    await line.stop();
    await new Promise((resolve) => echo.close(resolve));
  }
});

async function exchange(url: string, text: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.write(text);
  let answer = "";
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}
