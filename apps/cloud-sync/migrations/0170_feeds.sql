-- Systems that reference data comes from. A feed is polled by one process at a time: the lease says which, the fence
-- whether it still may write. Times of leases and polls are by the database's clock.
CREATE TABLE feed (
  name text PRIMARY KEY,
  kind text NOT NULL,
  -- JSON of the feed's file without anything secret.
  config text NOT NULL,
  -- Secrets of the file, sealed with the key of the data folder and bound to this feed.
  sealed bytea NOT NULL,
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'set-up')),
  -- Why it stands still, for `set-up`.
  reason text,
  created_at_ms bigint NOT NULL,
  state_at_ms bigint NOT NULL,
  -- When it is polled next.
  next_at_ms bigint NOT NULL DEFAULT 0,
  -- Runs that failed in a row.
  failures int NOT NULL DEFAULT 0,
  -- Someone asked for a run: `poll` or `full`; with the leave to delete more than the limit.
  wish text CHECK (wish IN ('poll', 'full')),
  wish_deletions boolean NOT NULL DEFAULT false,
  -- Moves with every wish, so that one that comes while the feed is read is not taken for granted.
  wish_number bigint NOT NULL DEFAULT 0,
  -- The last run in figures, and the last failure. JSON.
  last_run text,
  fence bigint NOT NULL DEFAULT 0,
  lease_owner text,
  lease_until_ms bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

-- How far a feed has one of its parts (products, stock, orders). A round that was begun and not ended goes on where it
-- stopped, in whatever process.
CREATE TABLE feed_part (
  feed text NOT NULL REFERENCES feed ON DELETE CASCADE,
  part text NOT NULL,
  -- The system's own stamp up to which changes are known here; null: nothing was read whole yet.
  since text,
  full_at_ms bigint,
  -- Counts rounds; what a full one has not seen at its end is gone.
  round bigint NOT NULL DEFAULT 0,
  round_kind text CHECK (round_kind IN ('poll', 'full')),
  round_to text,
  round_after text,
  PRIMARY KEY (feed, part)
) WITH (fillfactor = 50);

-- Which document comes from which record of which feed: a document has one origin, so that two feeds never take turns at it.
CREATE TABLE feed_document (
  collection text NOT NULL,
  id text NOT NULL,
  scope text NOT NULL,
  feed text NOT NULL REFERENCES feed ON DELETE CASCADE,
  part text NOT NULL,
  -- The record at the system.
  key text NOT NULL,
  -- What the record said when the document was written last, where that is not the document itself.
  mark text,
  -- The round that saw it last.
  round bigint NOT NULL,
  PRIMARY KEY (collection, id)
);
CREATE INDEX feed_document_key ON feed_document (feed, part, key);
CREATE INDEX feed_document_round ON feed_document (feed, part, round);

-- Records that cannot be taken as they are. The last good document stays.
CREATE TABLE feed_refusal (
  feed text NOT NULL REFERENCES feed ON DELETE CASCADE,
  part text NOT NULL,
  key text NOT NULL,
  code text NOT NULL,
  detail text NOT NULL,
  first_at_ms bigint NOT NULL,
  tried_at_ms bigint NOT NULL,
  PRIMARY KEY (feed, part, key)
);

-- Records that the system says have changed. A notice carries nothing but the name of what is to be read.
CREATE TABLE feed_notice (
  feed text NOT NULL REFERENCES feed ON DELETE CASCADE,
  key text NOT NULL,
  at_ms bigint NOT NULL,
  -- Moves with every notice of the same record, so that one that comes while it is read is not lost.
  times int NOT NULL DEFAULT 1,
  PRIMARY KEY (feed, key)
);
