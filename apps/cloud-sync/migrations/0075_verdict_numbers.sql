-- Numbers of verdicts start from the time at which they are given, in microseconds since 2026, so that a cloud restored
-- from an older backup never gives a number again that its terminals have heard.
ALTER TABLE verdict ALTER COLUMN n TYPE bigint;
ALTER TABLE terminal ALTER COLUMN next_verdict TYPE bigint;
