-- Destinations follow the transaction log of each shard with a cursor of their own: a row `destination:NAME` of
-- subscriber_cursor whose pos is a tpos. What went well is a receipt; only exceptions are rows of `delivery`.

CREATE TABLE destination (
  name text PRIMARY KEY,
  kind text NOT NULL,
  -- JSON of the destination's file without anything secret.
  config text NOT NULL,
  -- Secrets of the file, sealed with the key of the data folder.
  sealed bytea NOT NULL,
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'set-up')),
  -- Why it stands still, for `set-up`.
  reason text,
  created_at_ms bigint NOT NULL,
  state_at_ms bigint NOT NULL
);

-- A bounded second run over what was delivered before, with the same identities.
CREATE TABLE replay (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  destination text NOT NULL REFERENCES destination,
  -- Business days (2026-11-20) or times (ISO 8601), both inclusive.
  from_text text NOT NULL,
  to_text text NOT NULL,
  store text,
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'done')),
  sent int NOT NULL DEFAULT 0,
  parked int NOT NULL DEFAULT 0,
  created_at_ms bigint NOT NULL,
  done_at_ms bigint
);
-- Where it stands in each shard. It ends where the live cursor stood when it was asked for: what is newer comes anyway.
CREATE TABLE replay_cursor (
  replay bigint NOT NULL REFERENCES replay,
  shard text NOT NULL REFERENCES shard,
  tpos bigint NOT NULL DEFAULT 0,
  end_tpos bigint NOT NULL,
  PRIMARY KEY (replay, shard)
) WITH (fillfactor = 50);

-- What did not simply arrive. Of one ordering key the earliest row is retrying, uncertain or parked, and all later ones
-- are held behind it, so that the key's order survives.
CREATE TABLE delivery (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  destination text NOT NULL REFERENCES destination,
  shard text NOT NULL,
  tpos bigint NOT NULL,
  -- Set for an item of a replay, which holds up nothing; null for the live run.
  replay bigint REFERENCES replay,
  natural_key text NOT NULL,
  ordering_key text NOT NULL,
  identity text NOT NULL,
  state text NOT NULL CHECK (state IN ('retrying', 'uncertain', 'parked', 'held')),
  attempts int NOT NULL,
  first_at_ms bigint NOT NULL,
  last_at_ms bigint NOT NULL,
  -- When it is tried again; null: when a person says so, or when its turn comes.
  next_at_ms bigint,
  code text,
  detail text,
  FOREIGN KEY (shard, tpos) REFERENCES transaction
);
CREATE UNIQUE INDEX delivery_item ON delivery (destination, shard, tpos) WHERE replay IS NULL;
-- The next of a key; also tells whether a key is free.
CREATE INDEX delivery_key ON delivery (destination, shard, ordering_key, tpos) WHERE replay IS NULL;
CREATE INDEX delivery_due ON delivery (destination, shard, next_at_ms) WHERE next_at_ms IS NOT NULL;
CREATE INDEX delivery_list ON delivery (destination, state, id);

-- Proof of what arrived: one row per item, appended in batches together with the cursor.
CREATE TABLE receipt (
  destination text NOT NULL,
  shard text NOT NULL,
  tpos bigint NOT NULL,
  identity text NOT NULL,
  -- skipped: a person decided that it need not arrive; delivery_audit says who and why.
  outcome text NOT NULL CHECK (outcome IN ('delivered', 'skipped')),
  status int,
  vendor_id text,
  -- SHA-256 of the answer's body, as far as it was read.
  answer_hash bytea,
  at_ms bigint NOT NULL,
  PRIMARY KEY (destination, shard, tpos)
);

-- What people did to deliveries, and why.
CREATE TABLE delivery_audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at_ms bigint NOT NULL,
  action text NOT NULL CHECK (action IN ('retry', 'skip')),
  who text NOT NULL,
  reason text,
  delivery_id bigint NOT NULL,
  destination text NOT NULL,
  shard text NOT NULL,
  tpos bigint NOT NULL,
  identity text NOT NULL,
  state_before text NOT NULL,
  code_before text
);
