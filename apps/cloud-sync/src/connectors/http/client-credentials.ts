import { createPrivateKey } from "node:crypto";
import { importPKCS8 } from "jose";
import {
  allowInsecureRequests,
  clientCredentialsGrant,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  customFetch,
  modifyAssertion,
  PrivateKeyJwt,
  type ClientAuth,
} from "openid-client";
import { request, type Agent } from "undici";
import type { ConnectorPorts, SendResult } from "../connector.ts";
import { requestTimeoutMs } from "../send-time.ts";
import { isRefusedLiteral, type Address } from "./address.ts";
import { classifyFailure } from "./classify-failure.ts";
import {
  judgeStatus,
  openJsonLine,
  type JsonLine,
  type JsonRequest,
  type JsonResult,
  type LineOptions,
  type NoAnswer,
} from "./json-line.ts";
import { openAgent } from "./open-agent.ts";
import { readBody } from "./read-body.ts";

/** A token is not used for a request that may arrive after its end. */
const MARGIN_MS = 60_000;
/** A token whose life is shorter than this is used for half of it. */
const SHORT_LIFE_MS = 2 * MARGIN_MS;
/** Use of a token that tells no end: long enough to spare the issuer, and a refusal drops it anyway. */
const UNTOLD_LIFE_MS = 5 * 60_000;

export type ClientCredentials = { readonly tokenUrl: string; readonly clientId: string } & (ClientSecret | ClientKey);

interface ClientSecret {
  readonly secret: string;
  readonly scope?: string | undefined;
  /** Where the issuer wants to see the secret. */
  readonly secretIn?: "basic" | "body";
}

/** A client that signs an assertion (RFC 7523), with the scopes among its claims. */
interface ClientKey {
  /** PEM, PKCS #8 or older: RSA or EC on P-256. */
  readonly privateKey: string;
  /** The issuer's name for the key. */
  readonly keyId: string;
  readonly scopes: readonly string[];
}

export interface Tokens {
  /** An access token that is good for now; a failure is never `uncertain`, since asking for one has no effect. */
  token(): Promise<string | NoAnswer>;
  /** Forgets a token that was refused; one that was fetched since stays. */
  drop(token: string): void;
  close(): Promise<void>;
}

/** Tokens of one client (RFC 6749, 4.4). Kept until shortly before their end; however many ask at once, one is fetched. */
export function openTokens(address: Address, credentials: ClientCredentials, ports: Pick<ConnectorPorts, "nowMs">): Tokens {
  const guarded = { ...address, url: credentials.tokenUrl };
  const agent = openAgent(guarded);
  let kept: { readonly token: string; readonly untilMs: number } | undefined;
  let fetching: Promise<string | NoAnswer> | undefined;
  const fetchToken = async (): Promise<string | NoAnswer> => {
    if (isRefusedLiteral(guarded)) return { kind: "set-up", detail: "token: the address is private (destination.address-refused)" };
    const granted = await grant(guarded, credentials, agent, ports.nowMs());
    if ("kind" in granted) return granted;
    kept = { token: granted.token, untilMs: ports.nowMs() + usableMs(granted.expiresInS) };
    return granted.token;
  };
  return {
    token: () => {
      if (kept !== undefined && ports.nowMs() < kept.untilMs) return Promise.resolve(kept.token);
      fetching ??= fetchToken().finally(() => {
        fetching = undefined;
      });
      return fetching;
    },
    drop: (token) => {
      if (kept?.token === token) kept = undefined;
    },
    close: () => agent.destroy(),
  };
}

function usableMs(expiresInS: number | undefined): number {
  if (expiresInS === undefined) return UNTOLD_LIFE_MS;
  const lifeMs = expiresInS * 1_000;
  return lifeMs < SHORT_LIFE_MS ? lifeMs / 2 : lifeMs - MARGIN_MS;
}

/** A line whose requests bear a token. A refused token is dropped, and the request sent once more with a new one. */
export function openTokenLine(
  address: Address,
  credentials: ClientCredentials,
  ports: ConnectorPorts,
  options: Partial<LineOptions> = {},
): JsonLine {
  const tokens = openTokens(address, credentials, ports);
  const refused: NoAnswer = { kind: "set-up", detail: "status 401" };
  const line = openJsonLine(address, ports, {
    headers: options.headers ?? (() => Promise.resolve({})),
    judge: (answer) => (answer.status === 401 ? refused : options.judge?.(answer)),
  });
  const callOnce = async (wish: JsonRequest): Promise<{ readonly token: string; readonly result: JsonResult } | NoAnswer> => {
    const token = await tokens.token();
    if (typeof token !== "string") return token;
    return { token, result: await line.call({ ...wish, headers: { ...wish.headers, authorization: `Bearer ${token}` } }) };
  };
  return {
    call: async (wish) => {
      const first = await callOnce(wish);
      if (!("result" in first)) return first;
      if (first.result !== refused) return first.result;
      tokens.drop(first.token);
      const second = await callOnce(wish);
      if ("result" in second && second.result === refused) tokens.drop(second.token);
      return "result" in second ? second.result : second;
    },
    close: async () => {
      await Promise.all([line.close(), tokens.close()]);
    },
  };
}

type Granted = { readonly token: string; readonly expiresInS: number | undefined };

/** Asks the issuer once, within the deadline. */
async function grant(address: Address, credentials: ClientCredentials, agent: Agent, nowMs: number): Promise<Granted | NoAnswer> {
  const scope = "scope" in credentials ? credentials.scope : undefined;
  const issuer = { issuer: new URL(address.url).origin, token_endpoint: address.url };
  const config = new Configuration(issuer, credentials.clientId, undefined, await proofOf(credentials));
  if (address.allowPrivateNetwork) allowInsecureRequests(config);
  let failure: NoAnswer | undefined;
  config[customFetch] = async (url, { method, headers, body }) => {
    try {
      const asked = await ask(
        url,
        { method, headers, body: body instanceof URLSearchParams ? body.toString() : "" },
        address,
        agent,
        nowMs,
      );
      if (asked instanceof Response) return asked;
      failure = asked;
    } catch (error) {
      failure = notSent(classifyFailure(error));
    }
    return Response.error();
  };
  try {
    const granted = await clientCredentialsGrant(config, scope === undefined ? {} : { scope });
    return { token: granted.access_token, expiresInS: granted.expires_in };
  } catch {
    return failure ?? { kind: "theirs", detail: "token: an answer that is no token" };
  }
}

/** How the client shows who it is. */
async function proofOf(credentials: ClientCredentials): Promise<ClientAuth> {
  if ("secret" in credentials) return (credentials.secretIn === "body" ? ClientSecretPost : ClientSecretBasic)(credentials.secret);
  const { privateKey, keyId, scopes, tokenUrl } = credentials;
  const parsed = createPrivateKey(privateKey);
  const pkcs8 = parsed.export({ type: "pkcs8", format: "pem" }) as string;
  const key = await importPKCS8(pkcs8, parsed.asymmetricKeyType === "ec" ? "ES256" : "PS256");
  return PrivateKeyJwt(
    { key, kid: keyId },
    {
      // Issuers of this kind want their token address, not their name, as the audience.
      [modifyAssertion]: (_header, payload) => Object.assign(payload, { aud: tokenUrl, scope: scopes }),
    },
  );
}

interface Question {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** The issuer's answer, if it may be a token. Details never quote it. */
async function ask(url: string, question: Question, address: Address, agent: Agent, nowMs: number): Promise<Response | NoAnswer> {
  const signal = AbortSignal.timeout(requestTimeoutMs(address.timeoutMs));
  const raw = await request(url, { ...question, method: "POST", dispatcher: agent, signal });
  const [status, body] = [raw.statusCode, await readBody(raw.body)];
  const judged = judgeStatus({ status, headers: raw.headers, json: undefined }, nowMs);
  // The issuer's limit is its own: the destination's rate is not slowed down by it.
  if (judged?.kind === "theirs") return { kind: "theirs", detail: `token: ${judged.detail}`, ...retryAfterOf(judged) };
  if (status >= 300) return { kind: "set-up", detail: `token: ${status === 400 ? "refused, " : ""}status ${status}` };
  if (body.kind === "unreadable") return { kind: "theirs", detail: `token: ${body.why}` };
  return new Response(JSON.stringify(body.value ?? null), { status, headers: { "content-type": "application/json" } });
}

const retryAfterOf = ({ retryAfterMs }: Extract<NoAnswer, { kind: "theirs" }>): { retryAfterMs?: number } =>
  retryAfterMs === undefined ? {} : { retryAfterMs };

/** Asking for a token changes nothing: whatever went wrong may be tried again. */
const notSent = (result: SendResult): NoAnswer =>
  result.kind === "set-up" ? result : { kind: "theirs", detail: `token: ${"detail" in result ? result.detail : "no answer"}` };
