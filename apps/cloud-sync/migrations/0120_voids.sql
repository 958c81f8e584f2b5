-- A void bears the ordering key of the receipt that it voids: a later revision of that receipt has to know that it is void.
CREATE INDEX transaction_void ON transaction (ordering_key) WHERE status = 'postVoided';
