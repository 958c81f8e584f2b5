-- Programs of the retailer that write and read reference data. A token is kept as its SHA-256 alone: who reads the table
-- cannot use it. A revoked client stays, so that its name says who wrote what.
CREATE TABLE service_client (
  name text PRIMARY KEY,
  -- The part of the token that finds its row; no secret.
  token_id text NOT NULL UNIQUE,
  token_hash bytea NOT NULL CHECK (length(token_hash) = 32),
  may text[] NOT NULL CHECK (cardinality(may) > 0),
  -- Null: every store.
  store_id text,
  created_at_ms bigint NOT NULL,
  revoked_at_ms bigint
);

CREATE TABLE service_client_audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at_ms bigint NOT NULL,
  action text NOT NULL CHECK (action IN ('add', 'revoke')),
  name text NOT NULL,
  who text NOT NULL,
  -- Rights and store; never a token.
  detail text
);

-- The item that a price is for and when it ends, taken out of the text of living prices: how many an item has is asked for
-- every price that comes in.
ALTER TABLE reference_document
  ADD COLUMN item_id text,
  ADD COLUMN valid_until text;
CREATE INDEX reference_price_item ON reference_document (item_id, scope) WHERE item_id IS NOT NULL;

-- Living documents of the scope: what a status tells and a replacing feed is measured by, without counting them.
ALTER TABLE reference_scope ADD COLUMN documents bigint NOT NULL DEFAULT 0;
