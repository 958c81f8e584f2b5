import { rulesOf } from "../../testing/vendor-fake/openapi-rules.ts";
import type { FakeAnswer, FakeCall, VendorRules } from "../../testing/vendor-fake/vendor-rules.ts";

export const CLIENT = { clientId: "till", secret: "commercetools-test" };
export const TOKEN = "token-of-the-till";

/** The API's rules, and beside them those of the issuer (RFC 6749, 4.4), which the specification does not describe. */
export function issuingRules(): VendorRules {
  const api = rulesOf("commercetools/openapi.yaml.gz", {
    unions: ["OrderUpdateAction", "PaymentUpdateAction"],
    // Lines of an order bear much that nobody here relies on.
    partialAnswers: [
      "ByProjectKeyOrdersImportPost",
      "ByProjectKeyOrdersOrderNumberByOrderNumberGet",
      "ByProjectKeyOrdersByIDGet",
      "ByProjectKeyOrdersByIDPost",
    ],
  });
  return {
    judge: (request) => {
      if (request.path !== "/oauth/token") return api.judge(request);
      const { method, body, query, headers } = request;
      const isForm = String(headers["content-type"]).startsWith("application/x-www-form-urlencoded");
      if (method !== "POST" || !isForm || new URLSearchParams(body).get("grant_type") !== "client_credentials")
        return { kind: "violation", detail: "no request for a token by client credentials" };
      return { kind: "call", call: { operation: "token", params: {}, query, headers, body } };
    },
    judgeAnswer: (operation, answer) => (operation === "token" ? undefined : api.judgeAnswer(operation, answer)),
  };
}

export function answerToken({ headers }: FakeCall): FakeAnswer {
  const known = `Basic ${Buffer.from(`${CLIENT.clientId}:${CLIENT.secret}`).toString("base64")}`;
  if (headers["authorization"] !== known && !isSameSecret(headers["authorization"]))
    return { status: 401, body: { error: "invalid_client" } };
  return { status: 200, body: { access_token: TOKEN, token_type: "Bearer", expires_in: 172_800, scope: "manage_project:shop" } };
}

/** Names and secrets are form-encoded before they are joined (RFC 6749, 2.3.1). */
function isSameSecret(header: unknown): boolean {
  const text = Buffer.from(String(header).replace("Basic ", ""), "base64").toString();
  return text.split(":").map(decodeURIComponent).join(":") === `${CLIENT.clientId}:${CLIENT.secret}`;
}
