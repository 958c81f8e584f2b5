-- A terminal's journal went on in a new epoch, by the terminal's own word: its disk was restored or copied, its journal
-- forked, or it was enrolled again. Shown beside the forks that ingest saw; someone has to know why.
CREATE TABLE epoch_start (
  terminal_id text NOT NULL,
  epoch int NOT NULL,
  reason text NOT NULL,
  previous_epoch int NOT NULL,
  previous_seq bigint NOT NULL,
  carried_over bigint NOT NULL,
  shard text NOT NULL,
  pos bigint NOT NULL,
  received_at_ms bigint NOT NULL,
  PRIMARY KEY (terminal_id, epoch)
);
