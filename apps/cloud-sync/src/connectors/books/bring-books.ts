import type { Amount } from "@tillsync/sync-protocol";
import type { DeliveryItem, LookUpResult, MissingCode, SendResult } from "../connector.ts";
import { asLookUp, type Outcome } from "../outcome.ts";
/** What every document for books bears. */
export interface BooksHead {
  readonly reference: string;
  /** What the receiver has to make of it, in minor units, at or above zero. */
  readonly total: bigint;
  /** What it means for the till, signed. */
  readonly money: bigint;
  readonly currency: string;
}

export type Planned<D extends BooksHead> =
  | { readonly kind: "plan"; readonly documents: readonly D[] }
  | { readonly kind: "nothing"; readonly reason: string }
  | { readonly kind: "mapping-missing"; readonly missing: readonly MissingCode[] }
  | { readonly kind: "rejected"; readonly detail: string };

/** A document of ours as it stands at the receiver. */
export interface Standing {
  readonly id: string;
  /** `open`: a draft, without effect. */
  readonly state: "open" | "posted";
  /** In minor units; undefined: it has more digits than the currency. */
  readonly total: bigint | undefined;
  /** Upper case. */
  readonly currency: string;
}

/** What a system of books can do. Each step is one or few requests, and is not tried twice. */
export interface BooksPort<D extends BooksHead> {
  /** Every document under the reference and of the kind, the oldest first; those that were called off are left out. */
  find(document: D): Promise<Outcome<readonly Standing[]>>;
  /** Writes a draft. Its id. */
  make(document: D): Promise<Outcome<string>>;
  /** Posts a draft, which gives it its effect, and settles it. */
  post(document: D, id: string): Promise<Outcome<null>>;
  /** Throws a draft away. */
  remove(document: D, id: string): Promise<Outcome<null>>;
}

/**
 * Brings every document of an item to its end. Drafts have no effect: what attempts left behind is counted, one is kept,
 * and it is read back to the last minor unit before it is posted.
 */
export async function sendToBooks<D extends BooksHead>(port: BooksPort<D>, planned: Planned<D>): Promise<SendResult> {
  if (planned.kind !== "plan") return planned;
  let vendorId: string | undefined;
  for (const document of planned.documents) {
    const brought = await bringDocument(port, document);
    if (brought.kind !== "ok") return brought;
    vendorId ??= brought.value;
  }
  return { kind: "delivered", ...(vendorId === undefined ? {} : { vendorId }) };
}

async function bringDocument<D extends BooksHead>(port: BooksPort<D>, document: D): Promise<Outcome<string>> {
  const found = await port.find(document);
  if (found.kind !== "ok") return found;
  const posted = postedOf(found.value, document);
  if (posted.kind !== "ok") return posted;
  if (posted.value !== undefined) return { kind: "ok", value: posted.value.id };
  const draft = await oneDraft(port, document, found.value);
  if (draft.kind !== "ok") return draft;
  const wrong = whatIsWrong(draft.value, document);
  if (wrong !== undefined) {
    const removed = await port.remove(document, draft.value.id);
    return removed.kind === "ok" ? { kind: "rejected", detail: wrong } : removed;
  }
  return postDraft(port, document, draft.value.id);
}

/** Posts a draft and reads it back: a refusal may be of what has just arrived a second time. */
async function postDraft<D extends BooksHead>(port: BooksPort<D>, document: D, id: string): Promise<Outcome<string>> {
  const done = await port.post(document, id);
  if (done.kind !== "ok" && done.kind !== "rejected") return done;
  const found = await port.find(document);
  if (found.kind !== "ok") return found;
  const posted = postedOf(found.value, document);
  if (posted.kind !== "ok") return posted;
  if (posted.value?.id === id) return { kind: "ok", value: id };
  return done.kind === "rejected" ? done : { kind: "uncertain", detail: "the document does not show as posted" };
}

/** Keeps the oldest draft, or writes one and reads it back. */
async function oneDraft<D extends BooksHead>(port: BooksPort<D>, document: D, found: readonly Standing[]): Promise<Outcome<Standing>> {
  const [first, ...others] = found.filter(({ state }) => state === "open");
  for (const { id } of others) {
    const removed = await port.remove(document, id);
    if (removed.kind !== "ok") return removed;
  }
  if (first !== undefined) return { kind: "ok", value: first };
  const made = await port.make(document);
  if (made.kind !== "ok") return made;
  const again = await port.find(document);
  if (again.kind !== "ok") return again;
  const own = again.value.find(({ id }) => id === made.value);
  // Another's id in the answer, or a draft that arrived twice: the next attempt sees what there is.
  if (own === undefined || again.value.length > 1) return { kind: "theirs", detail: "the drafts are counted anew" };
  return { kind: "ok", value: own };
}

/** What keeps a document from being what the till did; undefined: nothing. */
function whatIsWrong({ total, currency }: Standing, document: BooksHead): string | undefined {
  if (currency !== document.currency) return `it is in ${currency}, and the till's is ${document.currency}`;
  return total === document.total
    ? undefined
    : `it comes to ${total ?? "fractions"} where the till took ${document.total} minor units: a tax or a discount applies`;
}

/** The one posted document, if it is ours; undefined: there is none. */
function postedOf(found: readonly Standing[], document: BooksHead): Outcome<Standing | undefined> {
  const [first, second] = found.filter(({ state }) => state === "posted");
  if (second !== undefined) return { kind: "foreign", detail: `two documents bear our reference: ${first?.id} and ${second.id}` };
  const wrong = first === undefined ? undefined : whatIsWrong(first, document);
  return wrong === undefined ? { kind: "ok", value: first } : { kind: "foreign", detail: wrong };
}

/** Looks for every document of an item. Drafts count as not finished. */
export async function lookUpInBooks<D extends BooksHead>(
  port: BooksPort<D>,
  planned: Planned<D>,
  { identity }: DeliveryItem,
): Promise<LookUpResult> {
  if (planned.kind !== "plan") return planned;
  const ids: (string | undefined)[] = [];
  let trace: string | undefined;
  for (const document of planned.documents) {
    const found = await port.find(document);
    if (found.kind !== "ok") return asLookUp(found);
    const posted = postedOf(found.value, document);
    if (posted.kind !== "ok") return asLookUp(posted);
    ids.push(posted.value?.id);
    trace ??= posted.value?.id ?? found.value[0]?.id;
  }
  if (trace === undefined) return { kind: "absent" };
  if (ids.includes(undefined)) return { kind: "unfinished", vendorId: trace };
  const own = planned.documents.filter(({ reference }) => reference === identity);
  const total = own.reduce((all, one) => all + one.money, 0n);
  const [first] = own;
  return {
    kind: "found",
    vendorId: trace,
    ...(first === undefined ? {} : { total: { amount: total.toString() as Amount, currency: first.currency } }),
  };
}
