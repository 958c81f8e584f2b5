import type { Queryable } from "../db/database.ts";

export interface DestinationStatus {
  readonly name: string;
  readonly kind: string;
  readonly state: "active" | "paused" | "set-up";
  readonly delivered: number;
  readonly pending: number;
  readonly parked: number;
  readonly held: number;
  readonly uncertain: number;
  readonly oldestPendingAgeMs: number | null;
}

/** Every destination with its figures. */
export async function destinationsStatus(_db: Queryable): Promise<DestinationStatus[]> {
  return [];
}
