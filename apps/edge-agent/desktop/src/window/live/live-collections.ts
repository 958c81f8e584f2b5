import type { ReferenceDocument } from "@tillsync/sync-protocol";

/** What a window keeps in its memory: small, and looked at while it changes. Products, prices and members are looked up in the agent. */
export const liveCollections = ["orders", "configuration", "stores"] as const;
export type LiveCollection = (typeof liveCollections)[number];

/** A document as the agent's file has it, with the version that a change of it must name. */
export interface LiveDocument<C extends LiveCollection> {
  readonly id: string;
  readonly version: number;
  readonly document: ReferenceDocument<C>;
}

/** Everything that a collection holds. Rows keep their identity while their documents do not change. */
export interface LiveRows<C extends LiveCollection> {
  /** False until the first load is through. */
  readonly loaded: boolean;
  readonly rows: readonly LiveDocument<C>[];
  /** Documents of a shape that this version cannot read. */
  readonly unreadable: number;
}

/** How live the picture is. `failing`: the agent does not answer, or answers this code; it is asked again by itself. */
export type LiveState = { readonly kind: "loading" } | { readonly kind: "live" } | { readonly kind: "failing"; readonly code: string };
