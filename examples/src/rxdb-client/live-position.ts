import { positionAt, type Checkpoint, type StreamEvent, type WireDocument } from "@tillsync/sync-protocol";

/** What RxDB's stream of the master's changes takes: documents with the checkpoint behind them, or "pull". */
export type MasterChange = { documents: WireDocument[]; checkpoint: Checkpoint } | "RESYNC";

/** How far one collection has been handed to RxDB. */
export interface LivePosition {
  /** A pull began at a checkpoint that RxDB itself has kept, and brought it to another one. */
  pulled(checkpoint: Checkpoint): void;
  /** Turns an event into what RxDB must hear of it; undefined: it has that already. */
  take(event: StreamEvent): MasterChange | undefined;
  readonly checkpoint: Checkpoint;
}

/**
 * Documents are handed on only where they follow on what RxDB has; everything else becomes a pull. To believe to be behind
 * costs a pull too many, to believe to be ahead would lose documents: so a pull sets the position, back as well.
 */
export function createLivePosition(): LivePosition {
  let checkpoint: Checkpoint = {};
  return {
    get checkpoint() {
      return checkpoint;
    },
    pulled: (reached) => {
      checkpoint = reached;
    },
    take: (event) => {
      if (event.kind === "resync") return "RESYNC";
      const position = positionAt(checkpoint, event.scope);
      if (event.to <= position) return undefined;
      if (event.kind === "changed" || event.from > position) return "RESYNC";
      checkpoint = { ...checkpoint, [event.scope]: event.to };
      return { documents: event.documents, checkpoint };
    },
  };
}
