import { afterEach, expect, test, vi } from "vitest";
import { AskError } from "./ask-error.ts";
import { connectToAgent } from "./connect-to-agent.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const overBridge = (ask: (method: string, request: unknown) => Promise<unknown>) =>
  connectToAgent({ tillsync: { ask } } as unknown as Window);
const overHttp = (answer: () => Promise<Response>) => {
  const fetched = vi.fn((_path: string, _init: RequestInit) => answer());
  vi.stubGlobal("fetch", fetched);
  return { port: connectToAgent({} as Window), fetched };
};

test("an answer is what its schema says, over either bridge", async () => {
  const ask = vi.fn(() => Promise.resolve({ result: { pause: null } }));
  expect(await overBridge(ask).ask("resume", {})).toEqual({ pause: null });
  expect(ask).toHaveBeenCalledWith("resume", {});
  const { port, fetched } = overHttp(() => Promise.resolve(Response.json({ result: { pause: null } })));
  expect(await port.ask("resume", {})).toEqual({ pause: null });
  expect(fetched.mock.calls[0]?.[0]).toBe("ask/resume");
  expect(fetched.mock.calls[0]?.[1]).toMatchObject({ method: "POST", body: "{}", credentials: "same-origin", redirect: "error" });
});

test.each([
  ["an error keeps its code and detail", { error: { code: "auth.invalid", detail: "x" } }, "auth.invalid"],
  ["no agent runs", { error: { code: "wire.unreachable" } }, "agent.not-answering"],
  ["a result of another shape", { result: { pause: "soon" } }, "wire.malformed"],
  ["neither result nor error", { ok: true }, "wire.malformed"],
])("%s", async (_name, body, code) => {
  const port = overBridge(() => Promise.resolve(body));
  await expect(port.ask("resume", {})).rejects.toMatchObject({ name: "AskError", code });
});

test("a page that stands in the agent's place, and a server that is gone", async () => {
  const page = overHttp(() => Promise.resolve(new Response("<html>sign in</html>")));
  await expect(page.port.ask("resume", {})).rejects.toMatchObject({ code: "wire.malformed" });
  const gone = overHttp(() => Promise.reject(new TypeError("Failed to fetch")));
  await expect(gone.port.ask("resume", {})).rejects.toMatchObject({ code: "agent.not-answering" });
});

test("a bridge that never comes back is given up after the method's deadline", async () => {
  vi.useFakeTimers();
  const asked = overBridge(() => new Promise(() => undefined))
    .ask("snapshot", {})
    .catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(11_900);
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(200);
  const error = await asked;
  expect(error).toBeInstanceOf(AskError);
  expect(error).toMatchObject({ code: "agent.not-answering" });
  expect(vi.getTimerCount()).toBe(0);
});
