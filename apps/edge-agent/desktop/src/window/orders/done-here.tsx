import type { OwnStepShown } from "@tillsync/edge-agent/window-api";
import type { ReactNode } from "react";
import { DataTable } from "../components/data-table.tsx";
import { Time } from "../components/figures.tsx";
import { Panel } from "../components/panel.tsx";
import { useText } from "../language/language-context.tsx";

/** Steps of an order that this terminal has in its journal, by staff or by the POS. */
export function DoneHere({ steps }: { readonly steps: readonly OwnStepShown[] }): ReactNode {
  const text = useText();
  if (steps.length === 0) return null;
  return (
    <Panel title={text("orders.done-here")}>
      <DataTable
        caption={text("orders.done-here")}
        rows={steps}
        keyOf={({ hlc }) => hlc}
        columns={[
          { id: "status", title: text("orders.status"), cell: ({ status }) => text(`orders.status.${status}`) },
          { id: "at", title: text("orders.when"), cell: ({ atMs }) => <Time atMs={atMs} /> },
          {
            id: "told",
            title: text("orders.head-office"),
            cell: ({ knownToCloud, setAsideCode }) =>
              setAsideCode === null
                ? text(knownToCloud ? "orders.with-head-office" : "orders.kept-here")
                : `${text("orders.set-aside")} (${setAsideCode})`,
          },
        ]}
      />
    </Panel>
  );
}
