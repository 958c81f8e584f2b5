import { z } from "zod";
import type { ConnectorPorts } from "../connector.ts";
import { openJsonLine, type JsonAnswer, type JsonLine, type NoAnswer } from "../http/json-line.ts";
import { Ended, untilEnded } from "./ended.ts";
import { judgeError } from "./judge-error.ts";
import type { TrytonConfig } from "./manifest.ts";

/** Tryton's JSON-RPC, logged in when it is first needed. Calls throw `Ended` for whatever is no result of ours. */
export interface TrytonRpc {
  /** `model.NAME.METHOD` with the user's context behind the arguments. */
  model(name: string, method: string, ...args: readonly unknown[]): Promise<unknown>;
  /** As `model`, with these entries in the context too: what some fields are reckoned by. */
  modelIn(context: Readonly<Record<string, unknown>>, name: string, method: string, ...args: readonly unknown[]): Promise<unknown>;
  /** Id of the company that the user works for. */
  company(): Promise<number>;
  close(): Promise<void>;
}

const SESSION_ENDED: NoAnswer = { kind: "set-up", detail: "user or password is refused (status 401)" };
const envelope = z.union([z.strictObject({ id: z.number(), result: z.unknown() }), z.strictObject({ id: z.number(), error: z.unknown() })]);
const loginAnswer = z.tuple([z.number().int(), z.string().min(1)]).rest(z.unknown());
const preferences = z.looseObject({ company: z.number().int() });

interface Session {
  readonly authorization: string;
  readonly context: z.infer<typeof preferences>;
}

/** What it takes to speak to a Tryton, whatever for. */
export type TrytonLogin = Pick<TrytonConfig, "url" | "timeoutMs" | "allowPrivateNetwork" | "database" | "user" | "password">;

export function openRpc(config: TrytonLogin, ports: ConnectorPorts): TrytonRpc {
  const line = openJsonLine(config, ports, { headers: () => Promise.resolve({}), judge });
  let nextId = 0;
  let session: Promise<Session> | undefined;
  const call = (method: string, params: readonly unknown[], authorization?: string): Promise<unknown> =>
    callOnce(line, config.database, { id: ++nextId, method, params }, authorization);
  /** One log-in for all that wait for it; a failed one is not kept. */
  const login = (): Promise<Session> => {
    session ??= openSession(config, call).catch((error: unknown) => {
      session = undefined;
      throw error;
    });
    return session;
  };
  const modelIn: TrytonRpc["modelIn"] = async (more, name, method, ...args) => {
    const used = login();
    const { authorization, context } = await used;
    const send = (by: Session): Promise<unknown> =>
      call(`model.${name}.${method}`, [...args, { ...by.context, ...more }], by.authorization);
    const answer = await untilEnded(() => send({ authorization, context }).then((value) => ({ value })));
    if (!("kind" in answer)) return answer.value;
    // The session ran out: nothing was done. Whoever sees it first logs in again, once.
    if (answer !== SESSION_ENDED) throw new Ended(answer);
    if (session === used) session = undefined;
    return send(await login());
  };
  const model: TrytonRpc["model"] = (name, method, ...args) => modelIn({}, name, method, ...args);
  return {
    model,
    modelIn,
    company: async () => (await login()).context.company,
    close: () => line.close(),
  };
}

/** Reads an answer by its schema; what is not of that shape proves nothing. */
export function parseAnswer<T>(schema: z.ZodType<T>, answer: unknown, what: string): T {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new Ended({ kind: "uncertain", detail: `an answer of another shape (${what}: ${parsed.error.issues[0]?.path.join(".") ?? ""})` });
}

async function openSession(
  config: TrytonLogin,
  call: (method: string, params: readonly unknown[], authorization?: string) => Promise<unknown>,
): Promise<Session> {
  const login = await call("common.db.login", [config.user, { password: config.password }, "en"]);
  const [userId, key] = parseAnswer(loginAnswer, login, "login");
  const authorization = `Session ${Buffer.from(`${config.user}:${userId}:${key}`).toString("base64")}`;
  const answer = await call("model.res.user.get_preferences", [true, {}], authorization);
  const context = preferences.safeParse(answer);
  if (!context.success) throw new Ended({ kind: "set-up", detail: "the user has no company in Tryton" });
  return { authorization, context: context.data };
}

/** One call. An answer under another id than ours is somebody else's. */
async function callOnce(
  line: JsonLine,
  database: string,
  body: { id: number; method: string; params: readonly unknown[] },
  authorization: string | undefined,
): Promise<unknown> {
  const headers = authorization === undefined ? {} : { authorization };
  const got = await line.call({ method: "POST", path: `/${encodeURIComponent(database)}/`, headers, body });
  if (got.kind !== "answer") throw new Ended(got);
  const parsed = envelope.safeParse(got.answer.json);
  if (!parsed.success || parsed.data.id !== body.id) throw new Ended({ kind: "uncertain", detail: "an answer that is not to our call" });
  if (!("error" in parsed.data)) return parsed.data.result;
  if (body.method !== "common.db.login") throw new Ended(judgeError(parsed.data.error));
  throw new Ended({ kind: "set-up", detail: `log-in failed: ${judgeError(parsed.data.error).kind}` });
}

/** Statuses that Tryton uses in its own way: 403 and 404 are a wrong address or database, 401 an ended session. */
function judge({ status }: JsonAnswer): NoAnswer | undefined {
  if (status === 401) return SESSION_ENDED;
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) return { kind: "set-up", detail: `status ${status}` };
  return undefined;
}
