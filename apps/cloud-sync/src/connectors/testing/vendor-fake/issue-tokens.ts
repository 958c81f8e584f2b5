import type { FakeAnswer, FakeCall, VendorRules } from "./vendor-rules.ts";

/** The client that a fake issuer knows, and the one token that it gives. */
export interface FakeClient {
  readonly clientId: string;
  readonly secret: string;
  readonly token: string;
}

/** Operation of a request for a token. */
export const TOKEN = "token";

/** An API's rules, and beside them those of its issuer (RFC 6749, 4.4), which no specification of an API describes. */
export function withIssuer(api: VendorRules, tokenPath: string): VendorRules {
  return {
    judge: (request) => {
      if (request.path !== tokenPath) return api.judge(request);
      const { method, body, query, headers } = request;
      const isForm = String(headers["content-type"]).startsWith("application/x-www-form-urlencoded");
      if (method !== "POST" || !isForm || new URLSearchParams(body).get("grant_type") !== "client_credentials")
        return { kind: "violation", detail: "no request for a token by client credentials" };
      return { kind: "call", call: { operation: TOKEN, params: {}, query, headers, body } };
    },
    judgeAnswer: (operation, answer) => (operation === TOKEN ? undefined : api.judgeAnswer(operation, answer)),
  };
}

/** Id and secret come form-encoded before they are joined (RFC 6749, 2.3.1). */
export function answerToken({ headers }: FakeCall, { clientId, secret, token }: FakeClient): FakeAnswer {
  const basic = Buffer.from(String(headers["authorization"]).replace("Basic ", ""), "base64").toString();
  const isKnown = basic.split(":").map(decodeURIComponent).join(":") === `${clientId}:${secret}`;
  if (!isKnown) return { status: 401, body: { error: "invalid_client" } };
  return { status: 200, body: { access_token: token, token_type: "Bearer", expires_in: 172_800 } };
}
