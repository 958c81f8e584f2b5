import { isStale, type SourceSnapshot } from "@tillsync/edge-agent/window-api";
import type { ReactNode } from "react";
import { CodeText } from "../components/error-notice.tsx";
import { Facts } from "../components/facts.tsx";
import { Count } from "../components/figures.tsx";
import { Glyph, type GlyphName } from "../components/glyph.tsx";
import { Notice } from "../components/notice.tsx";
import { useFormats, useText } from "../language/language-context.tsx";
import { routeTo } from "../route/use-route.ts";

const GLYPHS: Readonly<Record<SourceSnapshot["state"], GlyphName>> = {
  watching: "safe",
  reading: "sending",
  paused: "paused",
  failing: "attention",
  stopped: "failed",
};

/** One source of sales: how it stands, how fresh the look at it is, and what to do where it does not go on. */
export function Source({ source, nowMs }: { readonly source: SourceSnapshot; readonly nowMs: number }): ReactNode {
  const text = useText();
  const formats = useFormats();
  const { name, kind, adapter, place, state, lastReadAtMs } = source;
  const isLate = isStale(source, nowMs);
  const glyph = isLate ? "attention" : GLYPHS[state];
  const facts: (readonly [string, ReactNode])[] = [
    [text("sources.state"), text(`sources.state.${state}`)],
    [text(`sources.kind.${kind}`), place],
    [
      text("sources.last-read"),
      lastReadAtMs === null ? text("sources.never") : text("sources.ago", { age: formats.duration(nowMs - lastReadAtMs) }),
    ],
  ];
  if (adapter !== null) facts.push([text("sources.adapter"), adapter]);
  if (kind === "folder")
    facts.push(
      [text("sources.files"), <Count key="files" n={source.files} />],
      [text("sources.open"), <Count key="open" n={source.open} />],
      [text("sources.failed"), <Count key="failed" n={source.failed} />],
    );
  return (
    <article className="source" aria-label={name}>
      <h3 className="with-glyph">
        <Glyph name={glyph} />
        <span>{name}</span>
      </h3>
      <WhatToDo source={source} isLate={isLate} />
      <Facts facts={facts} />
    </article>
  );
}

function WhatToDo({ source: { state, code, failed }, isLate }: { readonly source: SourceSnapshot; readonly isLate: boolean }): ReactNode {
  const text = useText();
  return (
    <>
      {code === null ? null : (
        <Notice kind="attention">
          <CodeText code={code} />
        </Notice>
      )}
      {isLate && code === null ? <Notice kind="attention">{text("sources.stale")}</Notice> : null}
      {failed === 0 ? null : (
        <Notice kind="attention">
          <p>{text("sources.failed.do", { n: failed })}</p>
          <a href={routeTo("set-aside")}>{text("sources.to-set-aside")}</a>
        </Notice>
      )}
      {state === "paused" ? <Notice kind="info">{text("sources.paused.do", { care: text("care.title") })}</Notice> : null}
    </>
  );
}
