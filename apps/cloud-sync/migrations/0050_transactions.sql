-- The transactions read model: one row per revision of a receipt, projected from the event log. Everything here can be
-- built again from the log; the bytes themselves stay in the log's segments.

CREATE TABLE transaction (
  shard text NOT NULL REFERENCES shard,
  -- Dense in its shard, from 1: the log that destinations follow. Taken under the subscriber's cursor lock.
  tpos bigint NOT NULL CHECK (tpos >= 1),
  natural_key text NOT NULL,
  revision int NOT NULL CHECK (revision >= 1),
  content_hash bytea NOT NULL CHECK (length(content_hash) = 32),
  ordering_key text NOT NULL,
  -- Where its entry is.
  pos bigint NOT NULL,
  terminal_id text NOT NULL,
  epoch int NOT NULL,
  seq bigint NOT NULL,
  -- The revision as its terminal counted it.
  source_revision int NOT NULL,
  received_at_ms bigint NOT NULL,
  type text NOT NULL,
  status text NOT NULL,
  training boolean NOT NULL,
  -- What a destination's `include` names; null: goes to none. The previous revision's too, since a destination that has
  -- the sale must also hear that it is none any more.
  category text,
  previous_category text,
  -- store_id: the cloud's name of the store; store and workstation: the POS's own.
  store_id text NOT NULL,
  store text NOT NULL,
  workstation text NOT NULL,
  business_day text NOT NULL,
  currency text,
  exponent smallint,
  -- Grand total in minor units: as the POS printed it, or else our own sum.
  grand bigint,
  latest boolean NOT NULL,
  PRIMARY KEY (shard, tpos)
) WITH (fillfactor = 95);
-- Finds a receipt again; unique, so that two readers can never both write revision n.
CREATE UNIQUE INDEX transaction_receipt ON transaction (natural_key, revision);
-- Export and reconciliation of a business day.
CREATE INDEX transaction_day ON transaction (business_day, store_id);

-- Entries that changed nothing: the same receipt again, or an older state of it that was taken up late.
CREATE TABLE duplicate_entry (
  shard text NOT NULL REFERENCES shard,
  pos bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('repeated', 'outdated')),
  natural_key text NOT NULL,
  -- The revision that it repeats, or that had replaced it before it was taken up.
  revision int NOT NULL,
  PRIMARY KEY (shard, pos)
);

-- Entries that could not be taken up, with their reason. Their bytes are in the log.
CREATE TABLE set_aside (
  shard text NOT NULL REFERENCES shard,
  pos bigint NOT NULL,
  terminal_id text NOT NULL,
  epoch int NOT NULL,
  seq bigint NOT NULL,
  -- As far as it could be read: later revisions of the same receipt wait behind this one.
  natural_key text,
  code text NOT NULL,
  detail text,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'taken-up')),
  at_ms bigint NOT NULL,
  taken_up_at_ms bigint,
  PRIMARY KEY (shard, pos)
);
CREATE INDEX set_aside_open ON set_aside (shard, pos) WHERE state = 'open';
CREATE INDEX set_aside_key ON set_aside (natural_key, terminal_id) WHERE state = 'open';

-- Counts and sums kept with the rows they are about, so that a status costs the same at a million receipts as at ten.
CREATE TABLE running_total (
  shard text NOT NULL REFERENCES shard,
  name text NOT NULL,
  value numeric NOT NULL,
  PRIMARY KEY (shard, name)
) WITH (fillfactor = 50);
