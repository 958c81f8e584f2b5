-- The log of accepted entries. One row per accepted batch (a segment), holding the entries' exact bytes; every entry has
-- a dense position of its own: first_pos, first_pos + 1, ... A segment is written once and never changed.

CREATE TABLE journal (
  terminal_id text NOT NULL REFERENCES terminal,
  epoch int NOT NULL CHECK (epoch >= 1),
  seq bigint NOT NULL CHECK (seq >= 0),
  hash bytea NOT NULL CHECK (length(hash) = 32),
  head_signature bytea CHECK (length(head_signature) = 64),
  updated_at_ms bigint NOT NULL,
  PRIMARY KEY (terminal_id, epoch)
) WITH (fillfactor = 70);

CREATE TABLE segment (
  shard text NOT NULL REFERENCES shard,
  first_pos bigint NOT NULL CHECK (first_pos >= 1),
  entries int NOT NULL CHECK (entries >= 1),
  terminal_id text NOT NULL,
  epoch int NOT NULL,
  first_seq bigint NOT NULL CHECK (first_seq >= 1),
  previous_hash bytea NOT NULL CHECK (length(previous_hash) = 32),
  last_hash bytea NOT NULL CHECK (length(last_hash) = 32),
  head_signature bytea NOT NULL CHECK (length(head_signature) = 64),
  received_at_ms bigint NOT NULL,
  encoding text NOT NULL CHECK (encoding IN ('zstd', 'plain')),
  -- Bytes of the body once decoded: what a reader plans its memory with.
  plain_bytes int NOT NULL CHECK (plain_bytes >= 1),
  -- The body that travelled, header line included. skip_lines says how many lines come before the first entry of this
  -- segment: the header, and entries that were stored before (a batch that overlapped).
  skip_lines int NOT NULL CHECK (skip_lines >= 1),
  body bytea NOT NULL,
  PRIMARY KEY (shard, first_pos),
  FOREIGN KEY (terminal_id, epoch) REFERENCES journal
);
-- Bodies are compressed already: no second attempt, and no copy in the main heap.
ALTER TABLE segment ALTER COLUMN body SET STORAGE EXTERNAL;
-- Reads one journal in order: hash-at for overlaps, verify, export. Unique: an entry is stored once.
CREATE UNIQUE INDEX segment_journal ON segment (terminal_id, epoch, first_seq);

-- Two histories under one number: both hashes are kept, and someone is told. The entries of the second history stay on
-- the terminal and come again in a new epoch.
CREATE TABLE fork (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  terminal_id text NOT NULL REFERENCES terminal,
  epoch int NOT NULL,
  seq bigint NOT NULL,
  held_hash bytea NOT NULL,
  offered_hash bytea NOT NULL,
  -- The signed head that proves the second history; null when a hello told of it, which carries no signatures.
  offered_head_seq bigint,
  offered_head_hash bytea,
  offered_head_signature bytea,
  -- The device that brought it.
  carrier_id text NOT NULL,
  times int NOT NULL DEFAULT 1,
  first_at_ms bigint NOT NULL,
  last_at_ms bigint NOT NULL,
  UNIQUE (terminal_id, epoch, seq, offered_hash)
);

-- What the cloud found when it read an entry: goes back to its terminal on the next answer.
CREATE TABLE verdict (
  terminal_id text NOT NULL REFERENCES terminal,
  n int NOT NULL CHECK (n >= 1),
  epoch int NOT NULL,
  seq bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('set-aside', 'taken-up')),
  code text,
  detail text,
  at_ms bigint NOT NULL,
  PRIMARY KEY (terminal_id, n)
);
