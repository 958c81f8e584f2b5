import type { Snapshot } from "@tillsync/edge-agent/window-api";
import type { ReactNode } from "react";
import { Count, Time } from "../components/figures.tsx";
import { Facts } from "../components/facts.tsx";
import { Panel } from "../components/panel.tsx";
import { useFormats, useText } from "../language/language-context.tsx";
import { useSnapshot } from "../port/use-snapshot.ts";

/** What has not reached the cloud yet, since when, and how fresh the look at the POS is. */
export function Line(): ReactNode {
  const text = useText();
  const { snapshot, nowMs } = useSnapshot();
  return (
    <Panel title={text("home.line")}>
      {snapshot === undefined ? <p>{text("home.unknown")}</p> : <LineFacts snapshot={snapshot} nowMs={nowMs} />}
    </Panel>
  );
}

function LineFacts({ snapshot, nowMs }: { readonly snapshot: Snapshot; readonly nowMs: number }): ReactNode {
  const text = useText();
  const { line, pending } = snapshot;
  return (
    <Facts
      facts={[
        [text("home.pending"), <Count key="n" n={pending.entries} />],
        ...(pending.oldestAtMs === null ? [] : [[text("home.pending-since"), <Time key="t" atMs={pending.oldestAtMs} />] as const]),
        [text("home.line-state"), text(`home.line.${line.state}`)],
        ...(line.sinceMs === null ? [] : [[text("home.line-since"), <Time key="t" atMs={line.sinceMs} />] as const]),
        [text("home.last-read"), <LastRead key="age" snapshot={snapshot} nowMs={nowMs} />],
      ]}
    />
  );
}

/** Of several sources the one whose look is longest ago: one that stands still must not hide behind the others. */
function LastRead({ snapshot, nowMs }: { readonly snapshot: Snapshot; readonly nowMs: number }): ReactNode {
  const text = useText();
  const formats = useFormats();
  const looks = snapshot.sources.map(({ lastReadAtMs }) => lastReadAtMs);
  const known = looks.filter((at) => at !== null);
  if (known.length < looks.length || known.length === 0) return text("home.never-read");
  return text("home.ago", { age: formats.duration(nowMs - Math.min(...known)) });
}
