import type { WireDocument } from "@tillsync/sync-protocol";
import { readReference } from "../reference/store/in-reference.ts";
import type { ReferenceStore } from "../reference/store/reference-store.ts";
import { onReferenceChanged } from "../reference/store/tell-changed.ts";

/** Documents taken over in one transaction. */
const PAGE = 500;

/**
 * Hands every document of the collection `quotas` on, those that are there and those that come. Where it has come to is
 * kept in memory alone: at each start all come again, which changes nothing. Nothing is handed on before `isReady`.
 * `onTrouble` hears of what failed; it comes again with the next change, and with `look`.
 */
export function followQuotas(
  reference: ReferenceStore,
  to: {
    readonly isReady: () => boolean;
    readonly take: (documents: readonly WireDocument[]) => void;
    readonly onTrouble: (error: unknown) => void;
  },
): { look(): void; stop(): void } {
  let after = 0;
  const look = (): void => {
    if (!to.isReady()) return;
    try {
      for (;;) {
        const rows = readReference(reference, (file) =>
          file
            .prepare<[number, number], { n: number; body: string }>(
              "SELECT n, body FROM ref_quotas WHERE n > ? AND deleted = 0 ORDER BY n LIMIT ?",
            )
            .all(after, PAGE),
        );
        if (rows.length === 0) return;
        to.take(rows.map(({ body }) => JSON.parse(body) as WireDocument));
        after = rows.at(-1)?.n ?? after;
      }
    } catch (error) {
      to.onTrouble(error);
    }
  };
  look();
  const stop = onReferenceChanged(reference, (changed) => {
    if (changed.has("quotas")) look();
  });
  return { look, stop };
}
