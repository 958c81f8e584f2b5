import {
  moveOrder,
  readDocument,
  type Checkpoint,
  type OrderStatus,
  type Scope,
  type StreamEvent,
  type WireDocument,
} from "@tillsync/sync-protocol";
import type { AgentPort, WindowAnswer, WindowMethod, WindowRequest } from "@tillsync/edge-agent/window-api";
import { liveCollections, type LiveCollection } from "../live-collections.ts";

/** What happens to a question on its way, from 0 (never) to 1. */
export interface Faults {
  /** The question does not arrive. */
  readonly lostBefore?: number;
  /** It is done, and the answer does not arrive. */
  readonly lostAfter?: number;
  /** It arrives twice. */
  readonly twice?: number;
  /** It is held while others overtake it. */
  readonly late?: number;
  /** Waiting answers that nothing changed, whatever did: a broken agent. */
  readonly dropEvents?: boolean;
}

export interface TakenStep {
  readonly id: string;
  readonly version: number;
  readonly status: OrderStatus;
}

interface Stored {
  readonly n: number;
  readonly document: WireDocument;
}

const lost = (): Error => Object.assign(new Error("lost"), { code: "agent.not-answering" });

/** An agent's reference data as windows see it, in memory: local change numbers, long polls, pushes by version; and bad luck by seed. */
export class FakeAgent implements AgentPort {
  readonly #files = new Map<LiveCollection, Map<string, Stored>>();
  readonly #fetched = new Map<LiveCollection, number>();
  readonly #waiting = new Set<() => void>();
  readonly steps = new Map<string, TakenStep>();
  readonly asked: string[] = [];
  readonly random: () => number;
  faults: Faults = {};
  scope = "terminal:till-1" as Scope;
  /** Answers this code instead of taking a push. */
  refusePushWith: string | undefined;
  /** Whether the cloud has acknowledged the steps. */
  toldToCloud = false;
  /** Nothing is answered at all. */
  down = false;
  #n = 0;
  #lives = 0;

  constructor(random: () => number) {
    this.random = random;
    for (const name of liveCollections) this.#files.set(name, new Map());
  }

  put(collection: LiveCollection, id: string, fields: object): void {
    const before = this.#file(collection).get(id)?.document.version ?? 0;
    this.#write(collection, { schemaVersion: 1, ...fields, id, version: before + 1, _deleted: false });
  }

  remove(collection: LiveCollection, id: string): void {
    const before = this.#file(collection).get(id)?.document.version ?? 0;
    this.#write(collection, { id, schemaVersion: 1, version: before + 1, _deleted: true });
  }

  /** The file was damaged and loaded again, in another order: checkpoints of before mean nothing. */
  loseFile(): void {
    this.scope = `terminal:till-1.${(this.#lives += 1)}` as Scope;
    const all = [...this.#files].flatMap(([collection, file]) => [...file.values()].map(({ document }) => ({ collection, document })));
    for (const file of this.#files.values()) file.clear();
    this.#n = 0;
    for (const { collection, document } of all.toReversed()) if (!document._deleted) this.#write(collection, document);
  }

  revisionOf(orderId: string): number {
    return Number(this.#file("orders").get(orderId)?.document["revision"] ?? 1);
  }

  /** How many living documents windows have fetched as they are now. */
  fetched(collection: LiveCollection): number {
    const to = this.#fetched.get(collection) ?? 0;
    return [...this.#file(collection).values()].filter(({ n, document }) => n <= to && !document._deleted).length;
  }

  living(collection: LiveCollection): Record<string, number> {
    const rows = [...this.#file(collection).values()].filter(({ document }) => !document._deleted);
    return Object.fromEntries(rows.map(({ document }) => [document.id, document.version]));
  }

  async ask<M extends WindowMethod>(method: M, request: WindowRequest<M>): Promise<WindowAnswer<M>> {
    this.asked.push(method);
    const { lostBefore = 0, lostAfter = 0, twice = 0, late = 0 } = this.faults;
    if (this.random() < late) await new Promise((resolve) => setTimeout(resolve, Math.floor(this.random() * 4)));
    if (this.down || this.random() < lostBefore) throw lost();
    const copy = JSON.parse(JSON.stringify(request)) as never;
    if (this.random() < twice) await this.#answer(method, copy);
    const answer = await this.#answer(method, copy);
    if (this.down || this.random() < lostAfter) throw lost();
    return JSON.parse(JSON.stringify(answer)) as WindowAnswer<M>;
  }

  #answer(method: WindowMethod, request: never): unknown {
    if (method === "reference-pull") return this.#pull(request);
    if (method === "reference-wait") return this.#wait(request);
    if (method === "reference-push") return this.#push(request);
    throw new Error(`${method} is not asked of this agent`);
  }

  #pull({ collection, checkpoint, limit }: { collection: LiveCollection; checkpoint: Checkpoint; limit: number }): unknown {
    const after = this.#positionOf(checkpoint);
    if (after === undefined) throw Object.assign(new Error("unknown"), { code: "reference.checkpoint-unknown" });
    const rows = [...this.#file(collection).values()].filter(({ n }) => n > after).toSorted((a, b) => a.n - b.n);
    const cut = rows.slice(0, limit);
    this.#fetched.set(collection, cut.at(-1)?.n ?? after);
    return { documents: cut.map(({ document }) => document), checkpoint: { [this.scope]: cut.at(-1)?.n ?? after } };
  }

  async #wait({ checkpoints }: { checkpoints: Record<LiveCollection, Checkpoint> }): Promise<{ events: readonly StreamEvent[] }> {
    const look = (): StreamEvent[] => {
      const events: StreamEvent[] = [];
      for (const [name, checkpoint] of Object.entries(checkpoints) as [LiveCollection, Checkpoint][]) {
        const position = this.#positionOf(checkpoint);
        if (position === undefined) return [{ kind: "resync" }];
        const last = Math.max(0, ...[...this.#file(name).values()].map(({ n }) => n));
        if (last > position) events.push({ kind: "changed", collection: name, scope: this.scope, to: last });
      }
      return events;
    };
    if (this.faults.dropEvents !== true && look().length > 0) return { events: look() };
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => wake(), 5);
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      this.#waiting.add(wake);
    });
    return { events: this.faults.dropEvents === true ? [] : look() };
  }

  #push({ rows }: { rows: { assumedMasterState?: WireDocument; newDocumentState: WireDocument }[] }): WireDocument[] {
    if (this.refusePushWith !== undefined) throw Object.assign(new Error("refused"), { code: this.refusePushWith });
    return rows.flatMap(({ assumedMasterState, newDocumentState }) => {
      const standing = this.#file("orders").get(newDocumentState.id)?.document;
      if (standing === undefined || standing._deleted) return [{ id: newDocumentState.id, schemaVersion: 1, version: 1, _deleted: true }];
      const status = newDocumentState["status"] as OrderStatus;
      const { pickedRevision } = newDocumentState;
      const own = [...this.steps.values()].findLast((step) => step.id === standing.id && step.version === standing.version);
      const isAnew = status === "picked" && standing["status"] === "picked" && pickedRevision === standing["revision"];
      const back = {
        ...newDocumentState,
        status: standing["status"],
        pickedRevision: isAnew || own?.status === "picked" ? standing["pickedRevision"] : pickedRevision,
      };
      const same = JSON.stringify(order(back)) === JSON.stringify(order(standing));
      const name = `${standing.id}/${standing.version}/${status}`;
      if (assumedMasterState?.version !== standing.version || !same) return [standing];
      if (this.steps.has(name)) return [];
      const move = moveOrder(own?.status ?? (standing["status"] as OrderStatus), { status, tellsMore: false });
      const mayAnew = isAnew && own === undefined && standing["conflict"] === "changed-after-pick";
      if (move.kind !== "applied" && !mayAnew) return [standing];
      this.steps.set(name, { id: standing.id, version: standing.version, status });
      return [];
    });
  }

  #positionOf(checkpoint: Checkpoint): number | undefined {
    const [entry, ...others] = Object.entries(checkpoint) as [Scope, number][];
    if (entry === undefined || (entry[1] === 0 && others.length === 0)) return 0;
    return others.length === 0 && entry[0] === this.scope ? entry[1] : undefined;
  }

  #write(collection: LiveCollection, document: WireDocument): void {
    const file = this.#file(collection);
    file.delete(document.id);
    file.set(document.id, { n: (this.#n += 1), document });
    for (const wake of this.#waiting) wake();
  }

  #file(collection: LiveCollection): Map<string, Stored> {
    const file = this.#files.get(collection);
    if (file === undefined) throw new Error(collection);
    return file;
  }
}

const order = (document: WireDocument): unknown => readDocument("orders", { ...document, version: 1 });
