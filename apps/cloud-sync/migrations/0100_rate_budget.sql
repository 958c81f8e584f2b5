-- What a credential may still ask of its vendor, shared by all processes: vendors count by credential, not by process.
-- Times are by the database's clock. Who wants to send takes requests out of it in chunks, a few times a second.
CREATE TABLE rate_budget (
  -- Keyed digest of kind, host and secrets: names the credential without telling anything of it.
  credential text PRIMARY KEY,
  -- Requests that may be sent at once, as of at_ms.
  tokens double precision NOT NULL,
  -- Requests a second at present; null: no limit is known.
  per_second double precision,
  -- What it recovers to; a limit that was only learnt from refusals is forgotten there.
  ceiling double precision,
  limited_at_ms bigint NOT NULL,
  -- The vendor asked for silence until then.
  blocked_until_ms bigint NOT NULL,
  -- Requests that the vendor's own window still holds, and when it begins anew; null: it told none.
  left_requests double precision,
  left_until_ms bigint NOT NULL,
  at_ms bigint NOT NULL
) WITH (fillfactor = 50);

-- The processes that work destinations, so that they share them evenly. One that says nothing for a lease's time is gone.
CREATE TABLE dispatch_process (
  owner text PRIMARY KEY,
  alive_until_ms bigint NOT NULL
) WITH (fillfactor = 50);
