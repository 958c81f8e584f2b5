import { z } from "zod";
import type { ProbeResult } from "../connector.ts";
import { classifyError } from "./classify-error.ts";
import { statement } from "./open-pool.ts";
import type { TableLine } from "./send-batch.ts";

const answerSchema = z.object({
  version: z.string(),
  exists: z.boolean(),
  may_create: z.boolean(),
  may_write: z.boolean().nullable(),
});

/** Logs in and asks whether the table is there and may be written to, or may be created. */
export async function probeTable({ config, tables, pool }: TableLine): Promise<ProbeResult> {
  const asked = statement(
    config,
    `SELECT current_setting('server_version') AS version, to_regclass($1) IS NOT NULL AS exists,
      has_schema_privilege($2, 'CREATE') AS may_create,
      has_table_privilege(to_regclass($1), 'SELECT') AND has_table_privilege(to_regclass($1), 'INSERT')
        AND has_table_privilege(to_regclass($1), 'UPDATE') AS may_write`,
    [tables.main, config.schema],
  );
  let rows: unknown[];
  try {
    rows = (await pool.query(asked)).rows;
  } catch (error) {
    return classifyError(error, false);
  }
  const { version, exists, may_create: mayCreate, may_write: mayWrite } = answerSchema.parse(rows[0]);
  const server = `PostgreSQL ${version}`;
  if (exists && mayWrite !== true) return { kind: "set-up", detail: `${server}: the user may not read and write ${tables.main}` };
  if (exists) return { kind: "ready", detail: `${server}: ${tables.main} is there` };
  if (!config.createTables) return { kind: "set-up", detail: `${server}: there is no ${tables.main}` };
  if (!mayCreate) return { kind: "set-up", detail: `${server}: the user may not create tables in ${config.schema}` };
  return { kind: "ready", detail: `${server}: ${tables.main} will be created` };
}
