import { setImmediate as afterOthers } from "node:timers/promises";
import { readReference } from "../reference/store/in-reference.ts";
import type { ReferenceStore } from "../reference/store/reference-store.ts";
import { sql } from "../store/sql.ts";
import { foldText, wordsOf } from "./fold-text.ts";
import { matchWords, type Fit } from "./match-words.ts";

/** Articles looked at in one go: a millisecond or two, ten on a slow till. Then sales and the line have their turn. */
const PAGE = 250;
/** Whoever finds more types another word; the search ends here. */
const MATCHES_MAX = 1_000;

interface Row {
  readonly n: number;
  readonly id: string;
  readonly description: string | null;
}
interface Match {
  readonly id: string;
  readonly description: string;
  readonly fit: Fit;
}

/**
 * Item numbers of articles whose description has all the words, whatever their case and accents, the best first. Looks at
 * every article, in slices that hold nobody up, until `gone` says that nobody waits for it any more. Throws `store.*`.
 */
export async function searchProducts(store: ReferenceStore, text: string, gone?: AbortSignal): Promise<string[]> {
  const words = wordsOf(text);
  const matches: Match[] = [];
  if (words.length === 0) return [];
  for (let after: number | undefined = -1; after !== undefined && matches.length < MATCHES_MAX;) {
    if (gone?.aborted === true) return [];
    const page = readPage(store, after);
    for (const row of page) addMatch(matches, words, row);
    after = page.length < PAGE ? undefined : page.at(-1)?.n;
    await afterOthers();
  }
  return matches.toSorted((a, b) => a.fit - b.fit || (a.description < b.description ? -1 : 1)).map(({ id }) => id);
}

function addMatch(matches: Match[], words: readonly string[], { id, description }: Row): void {
  const folded = foldText(description ?? "");
  const fit = matchWords(words, folded, foldText(id));
  if (fit !== undefined) matches.push({ id, description: folded, fit });
}

const readPage = (store: ReferenceStore, after: number): Row[] =>
  readReference(store, (file) =>
    file
      .prepare<[number, number], Row>(
        sql`SELECT n, id, body ->> '$.description' AS description FROM ref_products WHERE n > ? AND deleted = 0 ORDER BY n LIMIT ?`,
      )
      .all(after, PAGE),
  );
