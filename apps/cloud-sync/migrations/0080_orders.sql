-- Where orders stand, told by their own steps and by receipts that name them. Built from the log like the transactions
-- beside it, in the same page's transaction. A row is locked while a page decides about its order: an order may be told
-- of in several shards.
CREATE TABLE customer_order (
  -- System and number in one: what destinations see in order, and what others wait for.
  order_key text PRIMARY KEY,
  order_id text NOT NULL,
  system text,
  -- Null: a page is deciding about it for the first time, or all that was told of it is set aside.
  status text,
  -- Of the step that last moved it: the cloud's and the POS's name of the store, and where it stands in the log.
  store_id text,
  store text,
  shard text,
  tpos bigint,
  -- As the shop told it; nothing orders by it.
  at text,
  changed_at_ms bigint
) WITH (fillfactor = 80);
CREATE INDEX customer_order_list ON customer_order (status, changed_at_ms);
CREATE INDEX customer_order_id ON customer_order (order_id);

-- Every step that was taken up, with what became of it. Steps that cannot have happened are in set_aside; a receipt that
-- tells such a step is kept all the same, and marked here.
CREATE TABLE order_event (
  order_key text NOT NULL REFERENCES customer_order,
  shard text NOT NULL,
  tpos bigint NOT NULL,
  status text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('applied', 'repeated', 'stale', 'forbidden')),
  at text,
  PRIMARY KEY (order_key, shard, tpos),
  FOREIGN KEY (shard, tpos) REFERENCES transaction
);
