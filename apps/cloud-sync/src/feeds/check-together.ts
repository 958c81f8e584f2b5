import type { Queryable } from "../db/database.ts";
import { wrongCurrency, storeCurrencies } from "../reference/feed/check-currency.ts";
import { tooManyPrices } from "../reference/feed/check-open-prices.ts";
import type { CheckedRow } from "../reference/feed/check-row.ts";
import { storesOfTerminals } from "../reference/feed/check-scopes.ts";
import { OPEN_PRICES_MAX } from "../reference/feed/limits.ts";
import type { FeedRefusal } from "./feed-kind.ts";
import type { JudgedDocument } from "./judge-page.ts";

/** What is wrong with documents beside those that are here: the same checks as for rows that service clients write. No kind of feed brings links between products. */
export async function checkTogether(
  tx: Queryable,
  documents: readonly JudgedDocument[],
  nowMs: number,
): Promise<ReadonlyMap<JudgedDocument, FeedRefusal>> {
  const rows = new Map<CheckedRow, JudgedDocument>();
  for (const document of documents) {
    const { collection, id, scope, checked } = document;
    rows.set({ line: 0, bytes: 0, change: { collection, id, scope, fields: checked } }, document);
  }
  const of = (name: string): CheckedRow[] => [...rows.keys()].filter(({ change }) => change.collection === name);
  const wrong = new Map<CheckedRow, FeedRefusal>();
  const priced = [...of("prices"), ...of("orders")];
  if (priced.length > 0) {
    const currencies = await storeCurrencies(tx);
    const terminals = await storesOfTerminals(
      tx,
      priced.map(({ change }) => change.scope),
    );
    for (const row of priced) {
      const refusal = wrongCurrency(row, currencies, terminals);
      if (refusal !== undefined) wrong.set(row, refusal);
    }
  }
  for (const row of await tooManyPrices(tx, of("prices"), nowMs))
    if (!wrong.has(row)) wrong.set(row, { code: "reference.too-many-prices", detail: `itemId: more than ${OPEN_PRICES_MAX}` });
  return new Map(
    [...wrong].flatMap(([row, refusal]) => {
      const document = rows.get(row);
      return document === undefined
        ? []
        : [[document, { ...refusal, detail: `${document.collection} ${document.id}: ${refusal.detail}` }] as const];
    }),
  );
}
