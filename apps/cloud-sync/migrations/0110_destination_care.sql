-- What people do with destinations and deliveries: changed, removed and added again, corrected, released.

-- Everything that is kept refers to `name`, which is given once and never again: the second destination that is called
-- `erp` is `erp~2`. People say `called`. A removed one stays, without its secrets, for its receipts and its records.
ALTER TABLE destination
  ADD COLUMN called text GENERATED ALWAYS AS (split_part(name, '~', 1)) STORED,
  -- Grows with every change of the configuration: what running processes notice it by.
  ADD COLUMN version int NOT NULL DEFAULT 1,
  ADD COLUMN updated_at_ms bigint,
  ADD COLUMN removed_at_ms bigint,
  DROP CONSTRAINT destination_state_check,
  ADD CONSTRAINT destination_state_check CHECK (state IN ('active', 'paused', 'set-up', 'removed'));
CREATE UNIQUE INDEX destination_called ON destination (called) WHERE removed_at_ms IS NULL;

-- A person let the later ones of its key go on although this one has not arrived: it blocks nobody any more.
ALTER TABLE delivery ADD COLUMN released_at_ms bigint;
-- A person let it go out although what it is about has not arrived. It keeps its place among its key.
ALTER TABLE delivery ADD COLUMN without_cause boolean NOT NULL DEFAULT false;

-- A receipt as it is sent to one destination instead of the till's own: descriptive and coding fields corrected by a
-- person, money and identity untouched. The latest of an identity counts; earlier ones stay for the record.
CREATE TABLE delivery_edit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at_ms bigint NOT NULL,
  who text NOT NULL,
  reason text NOT NULL,
  destination text NOT NULL,
  shard text NOT NULL,
  tpos bigint NOT NULL,
  identity text NOT NULL,
  -- SHA-256 of the canonical JSON before and after.
  original_hash bytea NOT NULL CHECK (length(original_hash) = 32),
  edited_hash bytea NOT NULL CHECK (length(edited_hash) = 32),
  transaction text NOT NULL
);
CREATE INDEX delivery_edit_item ON delivery_edit (destination, identity, id);

-- Also what was done to a destination as a whole: then the columns of a delivery are empty.
ALTER TABLE delivery_audit
  DROP CONSTRAINT delivery_audit_action_check,
  ADD CONSTRAINT delivery_audit_action_check
    CHECK (action IN ('retry', 'skip', 'edit', 'release', 'add', 'update', 'pause', 'resume', 'replay', 'remove')),
  ALTER COLUMN delivery_id DROP NOT NULL,
  ALTER COLUMN shard DROP NOT NULL,
  ALTER COLUMN tpos DROP NOT NULL,
  ALTER COLUMN identity DROP NOT NULL,
  ALTER COLUMN state_before DROP NOT NULL,
  -- Which fields, how many: no secrets, no receipts.
  ADD COLUMN detail text;
CREATE INDEX delivery_audit_destination ON delivery_audit (destination, id);
CREATE INDEX delivery_audit_item ON delivery_audit (destination, identity, id) WHERE identity IS NOT NULL;
