import type { LineHistoryRow } from "@tillsync/edge-agent/window-api";
import { useState, type ReactNode } from "react";
import { useNow } from "../clock/use-now.ts";
import { Answered } from "../components/answered.tsx";
import { DataTable, type Column } from "../components/data-table.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { CodeText } from "../components/error-notice.tsx";
import { Duration, Time } from "../components/figures.tsx";
import { Glyph, type GlyphName } from "../components/glyph.tsx";
import { Pager } from "../components/pager.tsx";
import { Panel } from "../components/panel.tsx";
import { useFormats, useText, type Text } from "../language/language-context.tsx";
import type { Formats } from "../language/formats.ts";
import { useAnswer } from "../port/use-answer.ts";

const PAGE = 25;
const EVERY_MS = 5_000;

/** What happened to the line and to the agent, page by page. */
export function HistoryScreen(): ReactNode {
  const text = useText();
  const formats = useFormats();
  const nowMs = useNow();
  /** Where each page begins that was gone through; empty: the latest page, which goes on by itself. */
  const [trail, setTrail] = useState<readonly number[]>([]);
  const before = trail.at(-1);
  const query = useAnswer(
    "line-history",
    { limit: PAGE, ...(before === undefined ? {} : { before }) },
    before === undefined ? { refetchMs: EVERY_MS } : {},
  );
  return (
    <Panel title={text("history.list")}>
      <Answered query={query}>
        {({ rows, more }) => {
          const oldest = rows.at(-1)?.n;
          return (
            <>
              {rows.length === 0 ? (
                <EmptyState glyph="info">{text("history.none")}</EmptyState>
              ) : (
                <DataTable caption={text("history.list")} rows={rows} keyOf={({ n }) => n} columns={columnsOf(text, formats, nowMs)} />
              )}
              <Pager
                onNewer={trail.length === 0 ? undefined : () => setTrail(trail.slice(0, -1))}
                onOlder={!more || oldest === undefined ? undefined : () => setTrail([...trail, oldest])}
              />
            </>
          );
        }}
      </Answered>
    </Panel>
  );
}

const GLYPHS: Readonly<Record<LineHistoryRow["event"], GlyphName>> = {
  started: "info",
  stopped: "paused",
  died: "failed",
  online: "safe",
  offline: "offline",
  blocked: "attention",
  "not-enrolled": "attention",
  clock: "update",
  woke: "info",
};

/** A moment that lasts no time says nothing by its length. */
const MOMENTS: ReadonlySet<LineHistoryRow["event"]> = new Set(["woke"]);

const columnsOf = (text: Text, formats: Formats, nowMs: number): Column<LineHistoryRow>[] => [
  {
    id: "what",
    title: text("history.what"),
    cell: ({ event }) => (
      <span className="with-glyph">
        <Glyph name={GLYPHS[event]} />
        <span>{text(`history.event.${event}`)}</span>
      </span>
    ),
  },
  { id: "when", title: text("history.when"), cell: ({ atMs }) => <Time atMs={atMs} /> },
  {
    id: "lasted",
    title: text("history.lasted"),
    cell: ({ event, atMs, lastedMs }) => {
      if (lastedMs !== null) return <Duration ms={lastedMs} />;
      return MOMENTS.has(event) ? "" : text("history.still", { age: formats.duration(nowMs - atMs) });
    },
  },
  { id: "why", long: true, title: text("history.why"), cell: ({ code }) => (code === null ? null : <CodeText code={code} />) },
];
