import type { ReactNode } from "react";
import { EmptyState } from "../components/empty-state.tsx";
import { Notice } from "../components/notice.tsx";
import { Panel } from "../components/panel.tsx";
import { useText } from "../language/language-context.tsx";
import { useSnapshot } from "../port/use-snapshot.ts";
import { Devices } from "./devices.tsx";
import { FromHeadOffice } from "./from-head-office.tsx";
import { Source } from "./source.tsx";
import "./sources.css";

/** Where sales come from and whether they are read, which tills there are, and what head office has set. */
export function SourcesScreen(): ReactNode {
  const text = useText();
  const { snapshot, nowMs } = useSnapshot();
  return (
    <div className="stack">
      <Panel title={text("sources.sources")}>
        {snapshot === undefined ? (
          <Notice kind="attention">{text("sources.unknown")}</Notice>
        ) : snapshot.sources.length === 0 ? (
          <EmptyState glyph="info">{text("sources.no-sources")}</EmptyState>
        ) : (
          <div className="columns">
            {snapshot.sources.map((source) => (
              <Source key={source.name} source={source} nowMs={nowMs} />
            ))}
          </div>
        )}
      </Panel>
      <Devices nowMs={nowMs} />
      <FromHeadOffice />
    </div>
  );
}
