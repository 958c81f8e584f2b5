import {
  documentConflictsSchema,
  pullAnswerSchema,
  REFERENCE_PATHS,
  type Checkpoint,
  type Collection,
  type PullAnswer,
  type WireDocument,
} from "@tillsync/sync-protocol";

/** Where the cloud is and how a request shows who makes it. Runs wherever `fetch` is: in Node and in browsers. */
export interface CloudAddress {
  /** `https://cloud.example`. */
  readonly url: string;
  /** Value of the `Authorization` header, asked for before every request: proofs of devices live for minutes. */
  readonly authorization: () => string | Promise<string>;
}

/** How long an answer may take; a stream has no such end. */
const ANSWER_MAX_MS = 60_000;

export interface PushRow {
  readonly assumedMasterState?: WireDocument | undefined;
  readonly newDocumentState: WireDocument;
}

/**
 * Documents behind `checkpoint`, `limit` at most. An answer that the cloud cut for its size is continued, so that fewer than
 * `limit` mean what RxDB takes them to mean: that is all for now.
 */
export async function pullDocuments(
  cloud: CloudAddress,
  collection: Collection,
  checkpoint: Checkpoint | undefined,
  limit: number,
): Promise<{ documents: WireDocument[]; checkpoint: Checkpoint }> {
  const documents: WireDocument[] = [];
  let reached = checkpoint ?? {};
  for (let more = true; more;) {
    const query = new URLSearchParams({ checkpoint: JSON.stringify(reached), limit: String(limit - documents.length) });
    const answer: PullAnswer = pullAnswerSchema.parse(await ask(cloud, `${REFERENCE_PATHS.pull(collection)}?${query.toString()}`));
    documents.push(...answer.documents);
    reached = { ...reached, ...answer.checkpoint };
    more = answer.more === true && documents.length < limit;
  }
  return { documents, checkpoint: reached };
}

/** Sends changes; gives the states of those documents that are not as they were pushed. */
export async function pushDocuments(cloud: CloudAddress, collection: Collection, rows: readonly PushRow[]): Promise<WireDocument[]> {
  const request = { method: "POST", body: JSON.stringify(rows), headers: { "content-type": "application/json" } };
  return documentConflictsSchema.parse(await ask(cloud, REFERENCE_PATHS.push(collection), request));
}

/** Opens the live stream. `signal` ends it. */
export async function openStream(
  cloud: CloudAddress,
  checkpoints: Readonly<Partial<Record<Collection, Checkpoint>>>,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const query = new URLSearchParams({
    collections: JSON.stringify(Object.keys(checkpoints)),
    checkpoints: JSON.stringify(checkpoints),
  });
  const headers = { authorization: await cloud.authorization(), accept: "text/event-stream" };
  const answer = await fetch(`${cloud.url}${REFERENCE_PATHS.stream}?${query.toString()}`, { headers, signal });
  if (!answer.ok || answer.body === null) throw new Error(await wordsOf(answer));
  return answer.body;
}

async function ask(
  cloud: CloudAddress,
  path: string,
  request: Omit<RequestInit, "headers"> & { headers?: Record<string, string> } = {},
): Promise<unknown> {
  const answer = await fetch(`${cloud.url}${path}`, {
    ...request,
    headers: { ...request.headers, authorization: await cloud.authorization() },
    signal: AbortSignal.timeout(ANSWER_MAX_MS),
  });
  if (!answer.ok) throw new Error(await wordsOf(answer));
  return answer.json();
}

/** The cloud's answer to what it refuses is `{error: {code, message, nextStep}}`. */
const wordsOf = async (answer: Response): Promise<string> => `${answer.status} ${(await answer.text()).slice(0, 500)}`;
