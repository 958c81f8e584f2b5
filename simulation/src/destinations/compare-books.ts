/** A document as it stands in a system of books: our reference and its total in minor units, with its sign. */
export interface BookedDocument {
  readonly reference: string;
  readonly total: string;
}

export interface BookDifference {
  readonly reference: string;
  readonly kind: "missing" | "doubled" | "total" | "unexpected";
  readonly detail: string;
}

/** Every document once, with its total, and nothing else. */
export function compareBooks(expected: readonly BookedDocument[], standing: readonly BookedDocument[]): BookDifference[] {
  const there = Map.groupBy(standing, ({ reference }) => reference);
  const wanted = new Set(expected.map(({ reference }) => reference));
  const unexpected = standing.filter(({ reference }) => !wanted.has(reference));
  return [
    ...expected.flatMap((document) => compareOne(document, there.get(document.reference) ?? [])),
    ...unexpected.map(({ reference, total }) => ({ reference, kind: "unexpected" as const, detail: total })),
  ];
}

function compareOne({ reference, total }: BookedDocument, found: readonly BookedDocument[]): BookDifference[] {
  const [first] = found;
  if (first === undefined) return [{ reference, kind: "missing", detail: total }];
  if (found.length > 1) return [{ reference, kind: "doubled", detail: `${found.length} times` }];
  return first.total === total ? [] : [{ reference, kind: "total", detail: `${first.total} instead of ${total}` }];
}
