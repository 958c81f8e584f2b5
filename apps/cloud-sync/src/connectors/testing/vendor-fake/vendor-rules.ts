import type { Json } from "./load-spec.ts";

/** A request as it came over the wire, whole. */
export interface RawRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A request that keeps the vendor's rules. */
export interface FakeCall {
  /** The vendor's own name of the operation. */
  readonly operation: string;
  /** Parts of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed JSON; undefined: there was no body. GraphQL: `query` and `variables`. */
  readonly body: unknown;
}

export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; undefined: an empty body. */
  readonly body?: unknown;
}

/** What a vendor's specification says about requests and answers. */
export interface VendorRules {
  judge(request: RawRequest): { readonly kind: "call"; readonly call: FakeCall } | { readonly kind: "violation"; readonly detail: string };
  /** What is wrong with an answer that the fake is about to give; undefined: nothing. */
  judgeAnswer(operation: string, answer: FakeAnswer): string | undefined;
}

/** JSON as it comes out of a body; `violation` for what is none. */
export function parseJsonBody(body: string): { readonly ok: true; readonly value: unknown } | { readonly ok: false } {
  if (body === "") return { ok: true, value: undefined };
  try {
    return { ok: true, value: JSON.parse(body) };
  } catch {
    return { ok: false };
  }
}

/** Follows a local reference (`#/components/parameters/X`). */
export function resolvePointer(document: Json, value: unknown): Json {
  const ref = (value as Json)["$ref"];
  if (typeof ref !== "string") return value as Json;
  const found = ref
    .slice(2)
    .split("/")
    .reduce<unknown>((part, key) => (part as Json)[key.replaceAll("~1", "/").replaceAll("~0", "~")], document);
  return resolvePointer(document, found);
}
