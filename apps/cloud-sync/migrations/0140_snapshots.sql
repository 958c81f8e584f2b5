-- First loads: what a (collection, scope) held at one position, as chunks that every terminal gets alike. They lie in the
-- database and not in files, so that each of several processes serves what any of them built.

CREATE TABLE reference_snapshot (
  snapshot bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  collection text NOT NULL,
  scope text NOT NULL,
  position bigint NOT NULL,
  documents bigint NOT NULL,
  built_at_ms bigint NOT NULL,
  -- When a newer one took its place; it is kept for those in the middle of it.
  retired_at_ms bigint
);
CREATE UNIQUE INDEX reference_snapshot_current ON reference_snapshot (collection, scope) WHERE retired_at_ms IS NULL;
CREATE INDEX reference_snapshot_retired ON reference_snapshot (retired_at_ms) WHERE retired_at_ms IS NOT NULL;

-- Named by what is in it: chunks that did not change are shared by one snapshot and the next.
CREATE TABLE reference_chunk (
  sha256 bytea PRIMARY KEY,
  plain_bytes int NOT NULL,
  documents int NOT NULL,
  bytes bytea NOT NULL
);
-- Compressed already; and so that a part of it is read without the whole.
ALTER TABLE reference_chunk ALTER COLUMN bytes SET STORAGE EXTERNAL;

CREATE TABLE reference_snapshot_chunk (
  snapshot bigint NOT NULL REFERENCES reference_snapshot ON DELETE CASCADE,
  ordinal int NOT NULL,
  sha256 bytea NOT NULL REFERENCES reference_chunk,
  PRIMARY KEY (snapshot, ordinal)
);
CREATE INDEX reference_snapshot_chunk_sha256 ON reference_snapshot_chunk (sha256);
