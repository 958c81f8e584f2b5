-- Items that wait for their cause, what an unanswered send left behind, and replays by more than a range.

-- What the item waits for: the natural key of a receipt, or `member:REF`. Only with code delivery.cause-missing.
ALTER TABLE delivery ADD COLUMN cause text;
-- Until when it waits for a cause.
ALTER TABLE delivery ADD COLUMN deadline_at_ms bigint;
-- When the last send without an answer ended; null: there was none, or a look-up has settled it.
ALTER TABLE delivery ADD COLUMN uncertain_at_ms bigint;
-- Who waits for a receipt that has just arrived, in whatever shard.
CREATE INDEX delivery_cause ON delivery (destination, cause) WHERE cause IS NOT NULL;

-- nothing: there was nothing in it for this receiver.
ALTER TABLE receipt DROP CONSTRAINT receipt_outcome_check;
ALTER TABLE receipt ADD CONSTRAINT receipt_outcome_check CHECK (outcome IN ('delivered', 'nothing', 'skipped'));

ALTER TABLE replay ADD COLUMN ordering_key text;
-- RetailTransaction, CustomerOrder ...
ALTER TABLE replay ADD COLUMN type text;
-- Items a second in each shard at most.
ALTER TABLE replay ADD COLUMN rate int NOT NULL DEFAULT 50;
