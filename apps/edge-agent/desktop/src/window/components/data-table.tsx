import type { ReactNode } from "react";

/** `cell` draws what a row shows there. `figures`: aligned to the end, digits of one width. */
export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  readonly figures?: boolean;
  /** Holds names and texts of others, which may be long words: they break anywhere. */
  readonly long?: boolean;
}

interface DataTableProps<Row> {
  /** What the table is of; read out, and shown when `captionShown`. */
  readonly caption: string;
  readonly captionShown?: boolean;
  /** The first is the row's name. */
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string | number;
}

/** A table that becomes a list of cards where it is narrow: each cell then carries its column's title. */
export function DataTable<Row>({ caption, captionShown = false, columns, rows, keyOf }: DataTableProps<Row>): ReactNode {
  return (
    <div className="data-table-box">
      <table className="data-table" role="table">
        <caption className={captionShown ? undefined : "visually-hidden"}>{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(({ id, title, figures }) => (
              <th key={id} scope="col" role="columnheader" className={figures === true ? "figures" : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={keyOf(row)} role="row">
              {columns.map((column, at) => (
                <Cell key={column.id} column={column} row={row} isName={at === 0} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Roles are written out: a table that is drawn as cards would lose them. */
function Cell<Row>({ column, row, isName }: { column: Column<Row>; row: Row; isName: boolean }): ReactNode {
  const className = [column.figures === true ? "figures" : "", column.long === true ? "long" : ""].join(" ").trim() || undefined;
  const content = (
    <>
      <span className="cell-title" aria-hidden="true">
        {column.title}
      </span>
      <div className="cell-value">{column.cell(row)}</div>
    </>
  );
  return isName ? (
    <th scope="row" role="rowheader" className={className}>
      {content}
    </th>
  ) : (
    <td role="cell" className={className}>
      {content}
    </td>
  );
}
