import type { ReactNode } from "react";
import { DataTable } from "../components/data-table.tsx";
import { Facts } from "../components/facts.tsx";
import { Loading } from "../components/loading.tsx";
import { Panel } from "../components/panel.tsx";
import { useText } from "../language/language-context.tsx";
import { useLive, useRows } from "../live/use-live.ts";
import { useSnapshotPart } from "../port/use-snapshot.ts";

/** A setting as one line; whoever needs all of it reads it in the cloud. */
const VALUE_CHARS_MAX = 300;

/** What head office has set for this store and this terminal, as it arrives. */
export function FromHeadOffice(): ReactNode {
  const text = useText();
  const live = useLive();
  const stores = useRows(live, "stores");
  const settings = useRows(live, "configuration");
  const storeId = useSnapshotPart((snapshot) => snapshot.storeId);
  const store = stores.rows.find(({ id }) => id === storeId)?.document;
  return (
    <Panel title={text("sources.settings")}>
      {!stores.loaded || !settings.loaded ? <Loading /> : null}
      {store === undefined ? null : (
        <Facts
          facts={[
            [text("sources.store"), store.name],
            [text("sources.time-zone"), store.timeZone],
            [text("sources.currency"), store.currency],
            [text("sources.prices"), text(store.pricesIncludeTax ? "sources.prices.with-tax" : "sources.prices.without-tax")],
          ]}
        />
      )}
      {settings.rows.length === 0 ? (
        settings.loaded ? (
          <p>{text("sources.no-settings")}</p>
        ) : null
      ) : (
        <DataTable
          caption={text("sources.settings")}
          rows={settings.rows}
          keyOf={({ id }) => id}
          columns={[
            { id: "name", title: text("sources.setting"), cell: ({ id }) => id },
            { id: "value", title: text("sources.value"), cell: ({ document }) => JSON.stringify(document.value).slice(0, VALUE_CHARS_MAX) },
          ]}
        />
      )}
    </Panel>
  );
}
