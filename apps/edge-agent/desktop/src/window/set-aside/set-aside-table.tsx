import { errorText } from "@tillsync/sync-protocol";
import type { SetAsideRow } from "@tillsync/edge-agent/window-api";
import { useState, type ReactNode } from "react";
import { DataTable, type Column } from "../components/data-table.tsx";
import { Time } from "../components/figures.tsx";
import { Pager } from "../components/pager.tsx";
import { useForeignText, useText, type Text } from "../language/language-context.tsx";
import { routeTo } from "../route/use-route.ts";

/** Rows that a person reads at a time. */
const PAGE_ROWS = 20;

interface SetAsideTableProps {
  readonly title: string;
  readonly rows: readonly SetAsideRow[];
  /** Also under which number IT has it. */
  readonly handed?: boolean;
}

/** Items that are set aside, each with its reason in words. */
export function SetAsideTable({ title, rows, handed = false }: SetAsideTableProps): ReactNode {
  const text = useText();
  const [page, setPage] = useState(0);
  const last = Math.max(0, Math.ceil(rows.length / PAGE_ROWS) - 1);
  const shown = Math.min(page, last);
  return (
    <>
      <DataTable
        caption={title}
        columns={columnsOf(text, handed)}
        rows={rows.slice(shown * PAGE_ROWS, (shown + 1) * PAGE_ROWS)}
        keyOf={({ id }) => id}
      />
      <Pager onNewer={shown === 0 ? undefined : () => setPage(shown - 1)} onOlder={shown === last ? undefined : () => setPage(shown + 1)} />
    </>
  );
}

const columnsOf = (text: Text, handed: boolean): Column<SetAsideRow>[] => [
  {
    id: "item",
    title: text("set-aside.column.item"),
    cell: ({ id }) => (
      <span className="targets">
        <a href={routeTo("set-aside", id)}>{itemName(text, id)}</a>
      </span>
    ),
  },
  { id: "reason", title: text("set-aside.column.reason"), cell: (row) => <Reason row={row} /> },
  {
    id: "from",
    long: true,
    title: text("set-aside.column.from"),
    cell: ({ source, name }) => [source, name].filter((part) => part !== null).join(" · "),
  },
  { id: "since", title: text("set-aside.column.since"), cell: ({ at }) => <Time atMs={Date.parse(at)} /> },
  ...(handed
    ? [
        {
          id: "number",
          title: text("set-aside.column.support-number"),
          cell: ({ handedToIt }: SetAsideRow) => <span className="figure">{handedToIt?.supportNumber ?? ""}</span>,
        },
      ]
    : []),
];

/** Negative numbers are the cloud's. */
export const itemName = (text: Text, id: number): string =>
  id < 0 ? text("set-aside.item-of-cloud", { id: String(-id) }) : text("set-aside.item", { id: String(id) });

function Reason({ row }: { readonly row: SetAsideRow }): ReactNode {
  const foreign = useForeignText();
  return (
    <>
      <div>{foreign((language) => errorText(row.code, language).meaning)}</div>
      <div className="hint">{row.code}</div>
    </>
  );
}
