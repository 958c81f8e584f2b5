import {
  changedMemberFields,
  readDocument,
  TillsyncError,
  type Collection,
  type DocumentPush,
  type HandOverOrder,
  type Member,
  type WireDocument,
} from "@tillsync/sync-protocol";
import { stepsOf } from "../../hand-over/own-steps.ts";
import { standHere } from "../../hand-over/stand-here.ts";
import { takeStep, type HandOverDeps } from "../../hand-over/take-step.ts";
import { sha256 } from "../../journal/hash.ts";
import { readReference } from "../store/in-reference.ts";
import type { ReferenceStore } from "../store/reference-store.ts";
import { tableOf } from "../store/tables.ts";
import { tellMemberChange } from "./tell-member-change.ts";

export interface WindowPushDeps extends HandOverDeps {
  readonly reference: ReferenceStore;
}

type Row = DocumentPush[number];

/**
 * Takes what a window changed: as a step of an order or a change of a member in the journal, on disk when this returns, and
 * never in the reference data itself, which the cloud will tell of. Answers the state of each document whose row was not
 * taken, as RxDB's push does: it had changed meanwhile, or the change is not one that a store may make. The same row again
 * changes nothing. Throws `reference.not-writable`, `enrol.required`, `store.*`; rows before the failure stand.
 */
export function pushFromWindow(deps: WindowPushDeps, collection: Collection, rows: DocumentPush): WireDocument[] {
  if (collection !== "members" && collection !== "orders") throw new TillsyncError("reference.not-writable", collection);
  if (deps.terminal() === undefined) throw new TillsyncError("enrol.required");
  return rows.flatMap((row) => {
    const standing = standingOf(deps.reference, collection, row.newDocumentState.id);
    return isTaken(deps, collection, row, standing) ? [] : [standing ?? absent(row.newDocumentState.id)];
  });
}

function isTaken(deps: WindowPushDeps, collection: "members" | "orders", row: Row, standing: WireDocument | undefined): boolean {
  const { newDocumentState, assumedMasterState } = row;
  if (newDocumentState._deleted || standing?._deleted === true) return false;
  if (standing !== undefined && assumedMasterState?.version !== standing.version) return false;
  const pushed = { ...newDocumentState, version: standing?.version ?? 1 } as WireDocument;
  try {
    if (collection === "members")
      return takeMember(deps, standing && readDocument("members", standing), readDocument("members", pushed), standing?.version ?? 0);
    return standing !== undefined && takeOrder(deps, readDocument("orders", standing), readDocument("orders", pushed), standing.version);
  } catch (error) {
    if (error instanceof TillsyncError && REFUSALS.has(error.code)) return false;
    throw error;
  }
}

/** What a window did wrong, or did not know: its row is not taken. */
const REFUSALS: ReadonlySet<string> = new Set([
  "order.step-refused",
  "order.changed",
  "order.step-differs",
  "reference.invalid",
  "reference.schema-unknown",
]);

/**
 * A window may move an order to its next step, or tell that its goods were picked anew from the revision that it has now, and
 * nothing else.
 */
function takeOrder(deps: WindowPushDeps, before: HandOverOrder, pushed: HandOverOrder, version: number): boolean {
  const isPickedAnew = pushed.status === "picked" && before.status === "picked" && pushed.pickedRevision !== before.pickedRevision;
  if (isPickedAnew && pushed.pickedRevision !== before.revision) return false;
  if (!sameBut(isPickedAnew ? "pickedRevision" : "status", before, isPickedAnew ? pushed : withoutOwnPicking(deps, before, pushed)))
    return false;
  if (before.status === pushed.status && !isPickedAnew) return true;
  const stepId = `window.${idOf(before.id, version, pushed.status)}`;
  takeStep(deps, before, { stepId, status: pushed.status, revision: before.revision });
  return true;
}

/** A window that told of a picking has it in its picture before the cloud's document does. */
function withoutOwnPicking({ store, terminal }: WindowPushDeps, before: HandOverOrder, pushed: HandOverOrder): HandOverOrder {
  const here = standHere(before, stepsOf(store, before.id), terminal()?.terminal);
  return pushed.pickedRevision === here.pickedRevision ? { ...pushed, pickedRevision: before.pickedRevision } : pushed;
}

const TOLD = /^(programme|tier|state|consents\..+|attributes\..+)$/;

function takeMember(deps: WindowPushDeps, before: Member | undefined, pushed: Member, version: number): boolean {
  const changed = changedMemberFields(before ?? { id: pushed.id, state: "active" }, pushed);
  if (changed.length === 0 && before !== undefined) return true;
  if (!changed.every((name) => TOLD.test(name))) return false;
  return tellMemberChange(deps, { before, pushed, changed, id: idOf(pushed.id, version, JSON.stringify(pushed)) });
}

/** The same change of the same state has the same name, however often it is pushed. */
const idOf = (...parts: readonly (string | number)[]): string => sha256(parts.join("\n")).toString("base64url").slice(0, 22);

function sameBut(field: "status" | "pickedRevision", a: HandOverOrder, b: HandOverOrder): boolean {
  const rest = (order: HandOverOrder): string => JSON.stringify({ ...order, [field]: undefined });
  return rest(a) === rest(b);
}

function standingOf(store: ReferenceStore, collection: Collection, id: string): WireDocument | undefined {
  const text = `SELECT body FROM ${tableOf(collection).table} WHERE id = ?`;
  const row = readReference(store, (file) => file.prepare<[string], { body: string }>(text).get(id));
  return row === undefined ? undefined : (JSON.parse(row.body) as WireDocument);
}

const absent = (id: string): WireDocument => ({ id, schemaVersion: 1, version: 1, _deleted: true });
