/** One step of the schema. Numbers go in tens, so that a late fix fits between; steps only go forward. */
export interface Migration {
  readonly version: number;
  readonly sql: string;
}
