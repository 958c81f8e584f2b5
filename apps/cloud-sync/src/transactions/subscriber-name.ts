/** Names the cursors of the transactions read model. */
export const TRANSACTIONS = "transactions";
