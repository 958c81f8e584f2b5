/** The fields of the programs' `--json` answers that the suites compare; see the README of each program. */
export interface EdgeStatus {
  readonly terminalId: string | null;
  readonly storeId: string | null;
  readonly epoch: number;
  readonly journal: { readonly seq: number; readonly hash: string };
  readonly captured: {
    readonly transactions: number;
    readonly byType: Record<string, number>;
    readonly grossByCurrency: Record<string, string>;
    readonly revisions: number;
  };
  readonly setAside: number;
  readonly upstreams: readonly { readonly name: string; readonly state: string; readonly ackedSeq: number; readonly pending: number }[];
  readonly clock: { readonly offsetMs: number | null };
}

export interface CloudStatus {
  readonly entries: number;
  readonly transactions: {
    readonly count: number;
    readonly byType: Record<string, number>;
    readonly grossByCurrency: Record<string, string>;
  };
  readonly setAside: number;
  readonly journals: readonly { readonly terminalId: string; readonly epoch: number; readonly seq: number; readonly hash: string }[];
  readonly forks: readonly unknown[];
  readonly destinations: readonly {
    readonly name: string;
    readonly state: string;
    readonly delivered: number;
    readonly pending: number;
    readonly parked: number;
    readonly held: number;
    readonly uncertain: number;
  }[];
}

export interface ReceiverSummary {
  readonly count: number;
  readonly grossByCurrency: Record<string, string>;
  readonly duplicatesRefused: number;
  readonly conflicts: number;
}
