import type { ReactNode } from "react";
import { Facts } from "../components/facts.tsx";
import { Time } from "../components/figures.tsx";
import { Panel } from "../components/panel.tsx";
import { useText } from "../language/language-context.tsx";
import { useSnapshotPart } from "../port/use-snapshot.ts";

/** Which agent, which terminal, which store: what whoever helps asks first. */
export function About(): ReactNode {
  const text = useText();
  const known = useSnapshotPart(({ agentVersion, terminalId, storeId, storeName, timeZone, reference }) => ({
    agentVersion,
    terminalId,
    storeId,
    storeName,
    timeZone,
    asOfMs: reference.asOfMs,
  }));
  if (known === undefined) return null;
  const none = text("component.none");
  return (
    <Panel title={text("care.about")}>
      <Facts
        facts={[
          [text("care.version"), known.agentVersion],
          [text("care.terminal"), known.terminalId ?? none],
          [text("care.store"), known.storeName ?? none],
          [text("care.store-number"), known.storeId ?? none],
          [text("care.time-zone"), known.timeZone ?? none],
          [text("care.reference"), known.asOfMs === null ? none : <Time key="time" atMs={known.asOfMs} />],
        ]}
      />
    </Panel>
  );
}
