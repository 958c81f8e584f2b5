import { sql } from "../../store/sql.ts";
import type { Migration } from "../../store/migrations/migration.ts";

/**
 * One table for each collection, `ref_NAME`, made for what tills ask. All have these columns:
 *   n        local number of the row's last change, over all tables; what the window's checkpoints count
 *   version  of the document at the cloud: a lower one never overwrites
 *   scope    where the document lives; a terminal that moves removes what it may no longer see by it
 *   deleted  1: a tombstone, kept so that a late older version does not come back
 *   body     the document as it travels
 * The rest is projected from the body, for the index alone.
 */
export const REFERENCE_MIGRATIONS: readonly Migration[] = [
  {
    version: 10,
    sql: sql`
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

    -- base: of a first load under way, the position at which its first snapshot was taken; NULL: none is under way.
    CREATE TABLE position (
      collection TEXT NOT NULL,
      scope TEXT NOT NULL,
      position INTEGER NOT NULL,
      base INTEGER,
      loaded INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (collection, scope)
    ) WITHOUT ROWID;
    -- Chunks of first loads under way that were applied whole.
    CREATE TABLE applied_chunk (
      collection TEXT NOT NULL,
      scope TEXT NOT NULL,
      sha256 TEXT NOT NULL,
      PRIMARY KEY (collection, scope, sha256)
    ) WITHOUT ROWID;
    -- When a collection was last known to be as the cloud has it, and when it last changed, by this machine's clock.
    CREATE TABLE freshness (collection TEXT PRIMARY KEY, as_of_ms INTEGER NOT NULL) WITHOUT ROWID;

    CREATE TABLE ref_configuration (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, scope TEXT NOT NULL, deleted INTEGER NOT NULL, body TEXT NOT NULL);
    CREATE TABLE ref_stores (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, scope TEXT NOT NULL, deleted INTEGER NOT NULL, body TEXT NOT NULL);
    CREATE TABLE ref_giftcards (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, scope TEXT NOT NULL, deleted INTEGER NOT NULL, body TEXT NOT NULL);
    CREATE TABLE ref_members (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, scope TEXT NOT NULL, deleted INTEGER NOT NULL, body TEXT NOT NULL);

    CREATE TABLE ref_quotas (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, scope TEXT NOT NULL, deleted INTEGER NOT NULL, body TEXT NOT NULL,
      account TEXT);
    CREATE INDEX ref_quotas_account ON ref_quotas (account);

    CREATE TABLE ref_prices (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, scope TEXT NOT NULL, deleted INTEGER NOT NULL, body TEXT NOT NULL,
      item_id TEXT);
    CREATE INDEX ref_prices_item ON ref_prices (item_id);

    CREATE TABLE ref_stock (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, scope TEXT NOT NULL, deleted INTEGER NOT NULL, body TEXT NOT NULL,
      item_id TEXT);
    CREATE INDEX ref_stock_item ON ref_stock (item_id);

    CREATE TABLE ref_orders (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, scope TEXT NOT NULL, deleted INTEGER NOT NULL, body TEXT NOT NULL,
      order_id TEXT, status TEXT, pickup_code TEXT);
    CREATE INDEX ref_orders_order ON ref_orders (order_id);
    CREATE INDEX ref_orders_status ON ref_orders (status);
    CREATE INDEX ref_orders_pickup ON ref_orders (pickup_code) WHERE pickup_code IS NOT NULL;

    CREATE TABLE ref_products (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, scope TEXT NOT NULL, deleted INTEGER NOT NULL, body TEXT NOT NULL,
      gtin TEXT);
    CREATE INDEX ref_products_gtin ON ref_products (gtin) WHERE gtin IS NOT NULL;
    -- The codes of a product past its first: few have more than one.
    CREATE TABLE ref_product_gtin (gtin TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (gtin, id)) WITHOUT ROWID;

    -- Few at a time: for counting the living, and for forgetting the oldest.
    CREATE INDEX ref_configuration_deleted ON ref_configuration (n) WHERE deleted = 1;
    CREATE INDEX ref_stores_deleted ON ref_stores (n) WHERE deleted = 1;
    CREATE INDEX ref_giftcards_deleted ON ref_giftcards (n) WHERE deleted = 1;
    CREATE INDEX ref_members_deleted ON ref_members (n) WHERE deleted = 1;
    CREATE INDEX ref_quotas_deleted ON ref_quotas (n) WHERE deleted = 1;
    CREATE INDEX ref_prices_deleted ON ref_prices (n) WHERE deleted = 1;
    CREATE INDEX ref_stock_deleted ON ref_stock (n) WHERE deleted = 1;
    CREATE INDEX ref_orders_deleted ON ref_orders (n) WHERE deleted = 1;
    CREATE INDEX ref_products_deleted ON ref_products (n) WHERE deleted = 1;

    -- What this terminal's own journal says of goods: movements and counts, until the cloud's figure has them.
    CREATE TABLE own_fact (
      item_id TEXT NOT NULL,
      epoch INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      line INTEGER NOT NULL,
      kind TEXT NOT NULL,
      uom TEXT NOT NULL,
      quantity TEXT NOT NULL,
      hlc TEXT NOT NULL,
      carried_epoch INTEGER,
      carried_seq INTEGER,
      PRIMARY KEY (item_id, epoch, seq, line)
    ) WITHOUT ROWID;
    -- The last entry of each receipt, so that a revision or a void is told apart from what it changes. hlc: of the first.
    CREATE TABLE own_receipt (
      natural_key TEXT PRIMARY KEY,
      epoch INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      revision INTEGER NOT NULL,
      hlc TEXT NOT NULL,
      voided INTEGER NOT NULL
    ) WITHOUT ROWID;
  `,
  },
  {
    version: 20,
    // Few orders contradict themselves, and they are counted every second.
    sql: sql`CREATE INDEX ref_orders_conflict ON ref_orders (n) WHERE deleted = 0 AND instr(body, '"conflict":') > 0;`,
  },
];
