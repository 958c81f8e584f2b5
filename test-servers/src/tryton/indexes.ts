/** What a retailer with many documents adds: Tryton looks entries, counts and invoices up by these, and has no index of its own for it. */
export const INDEXES: readonly string[] = [
  "CREATE INDEX tillsync_move_description ON account_move (description)",
  "CREATE INDEX tillsync_inventory_number ON stock_inventory (number)",
  "CREATE INDEX tillsync_invoice_move ON account_invoice (move)",
  "CREATE INDEX tillsync_invoice_sequence ON account_invoice (sequence, invoice_date)",
];
