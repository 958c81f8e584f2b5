import { DEFAULT_POLICIES, QUOTAS_SETTING, quotaPoliciesSchema, type QuotaPolicies } from "@tillsync/sync-protocol";
import { z } from "zod";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";

const settingSchema = z.object({ value: quotaPoliciesSchema });

/** What the shop wants, from the `configuration` document `quotas`. One that is not readable counts as none: nothing is given beforehand. */
export async function readPolicies(tx: Queryable): Promise<QuotaPolicies> {
  const rows = await tx.query<{ body: unknown }>(sql`
    SELECT body FROM reference_document WHERE collection = 'configuration' AND id = ${QUOTAS_SETTING}`);
  const parsed = settingSchema.safeParse(rows[0]?.body);
  return parsed.success ? parsed.data.value : DEFAULT_POLICIES;
}
