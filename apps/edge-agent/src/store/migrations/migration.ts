/** One step of the schema. Numbers go in tens, so that a late fix fits between; steps only go forward. */
export interface Migration {
  readonly version: number;
  readonly sql: string;
  /**
   * An agent that knows only the steps before can go on reading and writing after this one: new tables, or columns with a
   * default. Then an update that fails is taken back without touching the data. Absent: older agents refuse the database.
   */
  readonly expands?: true;
}
