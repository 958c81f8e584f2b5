-- What flows down. A document has one row, wherever it moves; a scope's order of changes has one row for each document
-- that is or was in it, so that a reader who follows positions sees the latest state of each, once.

-- head: the last position given. The row's lock, held from there to the commit, keeps positions dense and in commit order.
CREATE TABLE reference_scope (
  collection text NOT NULL,
  scope text NOT NULL,
  head bigint NOT NULL DEFAULT 0 CHECK (head >= 0),
  PRIMARY KEY (collection, scope)
) WITH (fillfactor = 50);

CREATE TABLE reference_document (
  collection text NOT NULL,
  id text NOT NULL,
  -- Where it lives now; of a deleted one, where it lived last.
  scope text NOT NULL,
  -- Counts changes of this document, over all scopes: a higher one is later, whatever the route.
  version bigint NOT NULL CHECK (version >= 1),
  schema_version int NOT NULL,
  -- The fields with `id`, as the text that travels; null: deleted.
  body json,
  changed_at_ms bigint NOT NULL,
  PRIMARY KEY (collection, id)
);

-- A document that moved to another scope leaves its row here in the old one: readers of that scope alone are told that it is gone.
CREATE TABLE reference_change (
  collection text NOT NULL,
  scope text NOT NULL,
  position bigint NOT NULL,
  id text NOT NULL,
  PRIMARY KEY (collection, scope, position),
  UNIQUE (collection, scope, id)
);
