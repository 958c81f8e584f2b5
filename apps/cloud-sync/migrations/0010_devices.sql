-- Who may speak to this cloud: stores, terminals, their keys, and the codes that make them.
-- Times are milliseconds since 1970 by the cloud's clock, since a terminal's clock proves nothing.

CREATE TABLE setting (
  key text PRIMARY KEY,
  value text NOT NULL
);

-- A shard is a group of stores with one order of events. next_pos is the position that the next entry gets; the row's
-- lock, held from there to the commit, is what keeps positions dense and in commit order.
CREATE TABLE shard (
  shard text PRIMARY KEY,
  next_pos bigint NOT NULL DEFAULT 1 CHECK (next_pos >= 1)
) WITH (fillfactor = 50);
INSERT INTO shard (shard) VALUES ('main');

CREATE TABLE store (
  store_id text PRIMARY KEY,
  shard text NOT NULL REFERENCES shard,
  -- The POS's own store numbers that terminals of this store may write; null: any.
  pos_stores text[]
);

CREATE TABLE terminal (
  terminal_id text PRIMARY KEY,
  store_id text NOT NULL REFERENCES store,
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'revoked')),
  agent_version text,
  last_seen_ms bigint,
  -- The terminal's clock less the cloud's, as last told; null before the first hello.
  clock_offset_ms bigint,
  -- Number of the next verdict for this terminal; its row lock keeps verdicts dense.
  next_verdict int NOT NULL DEFAULT 1
) WITH (fillfactor = 70);

-- One row per enrolment. The key of an epoch is the one with the largest first_epoch not past it; keys are never
-- deleted, since they prove what was written with them.
CREATE TABLE terminal_key (
  terminal_id text NOT NULL REFERENCES terminal,
  first_epoch int NOT NULL CHECK (first_epoch >= 1),
  identity_key text NOT NULL,
  identity_thumbprint text NOT NULL,
  journal_key text NOT NULL,
  journal_thumbprint text NOT NULL,
  enrolled_at_ms bigint NOT NULL,
  PRIMARY KEY (terminal_id, first_epoch)
);

-- Codes are kept as their SHA-256 alone: who reads the table cannot enrol.
CREATE TABLE enrol_code (
  code_hash bytea PRIMARY KEY,
  terminal_id text NOT NULL,
  store_id text NOT NULL REFERENCES store,
  created_at_ms bigint NOT NULL,
  expires_at_ms bigint NOT NULL,
  redeemed_at_ms bigint,
  -- Both keys' thumbprints, so that a repeat with the same keys gets the same answer.
  redeemed_keys text,
  first_epoch int
);
