-- What may not be overspent: points, gift cards, promised goods. An account is a bounded counter: the cloud holds every right
-- at first and leases some of them to a life (epoch) of a terminal. All figures only grow. `numeric`, since nobody promises
-- that a sum of amounts of 15 digits stays within an integer.

CREATE TABLE account (
  -- `giftCard:abc`.
  account_key text PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('points', 'giftCard', 'stock')),
  id text NOT NULL,
  -- A currency, `points`, or the item's unit.
  unit text NOT NULL,
  -- Opening balance, top-ups and refunds.
  credits numeric NOT NULL DEFAULT 0 CHECK (credits >= 0),
  -- Used without a right: the stores' risk, as their terminals recorded it.
  risk numeric NOT NULL DEFAULT 0 CHECK (risk >= 0),
  -- Whose terminals are given some of each credit beforehand.
  home_store text REFERENCES store,
  changed_at_ms bigint NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX account_changed ON account (changed_at_ms);

CREATE TABLE account_lease (
  account_key text NOT NULL REFERENCES account,
  terminal_id text NOT NULL REFERENCES terminal,
  epoch int NOT NULL CHECK (epoch >= 1),
  -- Handed over, ever.
  granted numeric NOT NULL DEFAULT 0 CHECK (granted >= 0),
  -- Used, and given back unused, ever: as the terminal's journal told it.
  used numeric NOT NULL DEFAULT 0 CHECK (used >= 0),
  returned numeric NOT NULL DEFAULT 0 CHECK (returned >= 0),
  -- Declared free by a person, ever, because the terminal is lost. What is used of it after all was used at risk.
  released numeric NOT NULL DEFAULT 0 CHECK (released >= 0),
  -- The terminal is asked to give back what it does not need. The lease stays good until it does.
  recalled boolean NOT NULL DEFAULT false,
  PRIMARY KEY (account_key, terminal_id, epoch)
) WITH (fillfactor = 70);
CREATE INDEX account_lease_terminal ON account_lease (terminal_id, epoch);

-- Every entry about an account that was folded, once: the row is written with its effect and with the reader's cursor.
CREATE TABLE account_entry (
  shard text NOT NULL,
  tpos bigint NOT NULL,
  -- Null: it could not be read.
  account_key text REFERENCES account,
  kind text,
  amount numeric,
  at_risk numeric,
  redemption_id text,
  of_id text,
  policy text,
  terminal_id text NOT NULL,
  epoch int,
  -- `counted`; or it changed nothing: another content under a known receipt, another unit than the account's, not readable.
  outcome text NOT NULL CHECK (outcome IN ('counted', 'revised', 'unit-wrong', 'failed')),
  received_at_ms bigint NOT NULL,
  PRIMARY KEY (shard, tpos),
  FOREIGN KEY (shard, tpos) REFERENCES transaction
);
CREATE INDEX account_entry_account ON account_entry (account_key, shard, tpos);
CREATE INDEX account_entry_redemption ON account_entry (account_key, redemption_id) WHERE kind = 'redeemed';
CREATE INDEX account_entry_of ON account_entry (account_key, of_id) WHERE of_id IS NOT NULL;
CREATE INDEX account_entry_odd ON account_entry (shard, tpos) WHERE outcome <> 'counted';

-- What was paid in by others than terminals. The same reference again is the same credit.
CREATE TABLE account_credit (
  account_key text NOT NULL REFERENCES account,
  reference text NOT NULL,
  amount numeric NOT NULL CHECK (amount > 0),
  at_ms bigint NOT NULL,
  PRIMARY KEY (account_key, reference)
);

-- What people did to accounts.
CREATE TABLE account_audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at_ms bigint NOT NULL,
  action text NOT NULL CHECK (action IN ('credit', 'release')),
  who text NOT NULL,
  reason text,
  account_key text NOT NULL REFERENCES account,
  terminal_id text,
  epoch int,
  amount numeric NOT NULL
);
CREATE INDEX account_audit_account ON account_audit (account_key, id);
