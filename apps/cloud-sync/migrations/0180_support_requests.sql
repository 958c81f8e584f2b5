-- What staff at a terminal handed to IT. Described, not copied: no bytes of receipts, nobody's name.
CREATE TABLE support_request (
  terminal_id text NOT NULL REFERENCES terminal,
  -- Made by the terminal; read out over the phone. Two terminals may have made the same one.
  number text NOT NULL,
  -- The store that the terminal belonged to.
  store_id text NOT NULL,
  -- By the terminal's clock, which may be wrong.
  at_ms bigint NOT NULL,
  received_at_ms bigint NOT NULL,
  note text NOT NULL,
  agent_version text NOT NULL,
  items_total int NOT NULL,
  -- JSON, as `supportRequestSchema` has it.
  items text NOT NULL,
  resolved_at_ms bigint,
  -- What was done, in words.
  resolution text,
  PRIMARY KEY (terminal_id, number)
);
CREATE INDEX support_request_number ON support_request (number);
CREATE INDEX support_request_open ON support_request (received_at_ms) WHERE resolved_at_ms IS NULL;
CREATE INDEX support_request_received ON support_request (received_at_ms);
