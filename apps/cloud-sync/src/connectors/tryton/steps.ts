import type { TrytonConfig } from "./manifest.ts";
import type { Resolver } from "./resolve.ts";
import type { JoinedRpc } from "./joined-rpc.ts";

/** What the steps of one item work with. */
export interface Steps {
  readonly rpc: JoinedRpc;
  readonly config: TrytonConfig;
  readonly resolver: Resolver;
  /** Tryton's name of the document that another receipt became, as it was recorded. */
  vendorIdOf(naturalKey: string): Promise<string | undefined>;
  /** False exists to show that the checks notice when nobody looks before a document is made. */
  readonly dedupe: boolean;
}
