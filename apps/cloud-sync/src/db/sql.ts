/** What may be bound as a parameter. Times go in as integer milliseconds, JSON as its text, bytes as they are. */
export type SqlValue = string | number | boolean | null | Uint8Array | readonly (string | number | null)[];

/** A statement with its parameters; made by the `sql` tag alone, so that no value ever becomes part of the text. */
export interface Sql {
  readonly text: string;
  readonly values: readonly SqlValue[];
  /** The pieces of the text between the values: what lets a statement stand inside another. */
  readonly pieces: readonly string[];
}

/**
 * Tagged template: every `${value}` becomes a parameter, every `${sql`...`}` is taken in as text with its own parameters.
 * Types: write `${x}::bigint` and the like where PostgreSQL cannot infer one.
 */
export function sql(template: TemplateStringsArray, ...given: readonly (SqlValue | Sql)[]): Sql {
  const pieces: string[] = [template[0] ?? ""];
  const values: SqlValue[] = [];
  given.forEach((value, i) => {
    if (isSql(value)) {
      appendText(pieces, value.pieces[0] ?? "");
      value.values.forEach((inner, j) => {
        values.push(inner);
        pieces.push(value.pieces[j + 1] ?? "");
      });
    } else {
      values.push(value);
      pieces.push("");
    }
    appendText(pieces, template[i + 1] ?? "");
  });
  return finish(pieces, values);
}

const finish = (pieces: readonly string[], values: readonly SqlValue[]): Sql => ({
  text: pieces.map((piece, i) => (i === 0 ? piece : `$${i}${piece}`)).join(""),
  values,
  pieces,
});

function appendText(pieces: string[], text: string): void {
  pieces[pieces.length - 1] = (pieces.at(-1) ?? "") + text;
}

const isSql = (value: SqlValue | Sql): value is Sql => typeof value === "object" && value !== null && "pieces" in value;
