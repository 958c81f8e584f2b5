-- How far each reader of the event log has come. The cursor is written in the transaction that does the reader's work,
-- so that work and cursor move together or not at all.

-- One process at a time works a (subscriber, shard): the lease says which, the fence says whether it still may. Each
-- take-over moves the fence by one, and a cursor is only ever written by the holder of the current fence. The lease's
-- end is by the database's clock, since the processes' clocks differ.
CREATE TABLE subscriber_cursor (
  subscriber text NOT NULL,
  shard text NOT NULL REFERENCES shard,
  pos bigint NOT NULL DEFAULT 0 CHECK (pos >= 0),
  -- Digest of what the reader understands (schema versions, upcasters, entry types); another one re-reads what was set aside.
  reader text NOT NULL DEFAULT '',
  fence bigint NOT NULL DEFAULT 0,
  lease_owner text,
  lease_until_ms bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (subscriber, shard)
) WITH (fillfactor = 50);
