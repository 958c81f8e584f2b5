/**
 * What a job's handler does for its rows: reads them and writes them to the table, through the process as any receiver's
 * rows have to go. The same two statements as the floor's.
 */
export async function copyRows(pool, n, positions) {
  const { rows } = await pool.query({
    name: "read",
    text: `SELECT pos, identity, natural_key, revision, store, terminal, received_at::text, entry::text FROM event WHERE pos = ANY($1::bigint[])`,
    values: [positions],
  });
  await pool.query({
    name: `write-${n}`,
    text: `INSERT INTO copy_${n} (identity, natural_key, revision, store, terminal, received_at, entry)
      SELECT identity, natural_key, revision, store, terminal, received_at, entry::json FROM json_to_recordset($1::json)
        AS r (identity text, natural_key text, revision integer, store text, terminal text, received_at timestamptz, entry text)
      ON CONFLICT DO NOTHING`,
    values: [JSON.stringify(rows)],
  });
}
