-- Stock as the transaction log tells it: the last count, and what moved since. Everything here can be built again from the log;
-- `reference_document` holds what terminals see of it.

CREATE TABLE stock_fold (
  store_id text NOT NULL,
  item_id text NOT NULL,
  -- What the figure stands on: the latest count, or a level that another system wrote. Null: nothing but movements.
  base json,
  -- Of what moved since, by unit: the exact sum and the first time. Kept beside the rows of `stock_movement`, which it adds up.
  sums json NOT NULL,
  -- By terminal: the last entry that is in the figure.
  included json NOT NULL,
  PRIMARY KEY (store_id, item_id)
) WITH (fillfactor = 70);

-- What moved since the base, one row for each record, item and unit: a count that comes late, or a level that knows less than we
-- do, is reckoned from these. Rows that a base has in it are deleted.
CREATE TABLE stock_movement (
  store_id text NOT NULL,
  item_id text NOT NULL,
  shard text NOT NULL,
  tpos bigint NOT NULL,
  uom text NOT NULL,
  -- When the goods moved, by the terminal's clock, not later than the cloud heard of it.
  hlc text COLLATE "C" NOT NULL,
  terminal_id text NOT NULL,
  epoch int NOT NULL,
  seq bigint NOT NULL,
  delta numeric NOT NULL,
  PRIMARY KEY (store_id, item_id, shard, tpos, uom)
);

-- Records of the transaction log that changed nothing down here, or not all that they tell, and why.
CREATE TABLE fold_refusal (
  shard text NOT NULL,
  tpos bigint NOT NULL,
  code text NOT NULL,
  detail text,
  at_ms bigint NOT NULL,
  PRIMARY KEY (shard, tpos),
  FOREIGN KEY (shard, tpos) REFERENCES transaction
);

-- How far the folds have looked through what is set aside: goods that left the shop against the rules have left it all the same.
CREATE TABLE fold_set_aside (
  shard text PRIMARY KEY REFERENCES shard,
  pos bigint NOT NULL
) WITH (fillfactor = 50);

-- Orders that a person has to settle: few of many.
CREATE INDEX reference_order_conflict ON reference_document (changed_at_ms) WHERE collection = 'orders' AND body ->> 'conflict' IS NOT NULL;
