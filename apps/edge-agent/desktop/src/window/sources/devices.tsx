import type { DevicesAnswer } from "@tillsync/edge-agent/window-api";
import type { ReactNode } from "react";
import { Answered } from "../components/answered.tsx";
import { DataTable, type Column } from "../components/data-table.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { Panel } from "../components/panel.tsx";
import { useFormats, useText, type Text } from "../language/language-context.tsx";
import type { Formats } from "../language/formats.ts";
import { useAnswer } from "../port/use-answer.ts";

const EVERY_MS = 5_000;

type Device = DevicesAnswer["devices"][number];

/** Tills, and programs over HTTP, with the last that each sold. */
export function Devices({ nowMs }: { readonly nowMs: number }): ReactNode {
  const text = useText();
  const formats = useFormats();
  const query = useAnswer("devices", {}, { refetchMs: EVERY_MS });
  return (
    <Panel title={text("sources.devices")}>
      <Answered query={query}>
        {({ devices }) =>
          devices.length === 0 ? (
            <EmptyState glyph="info">{text("sources.no-devices")}</EmptyState>
          ) : (
            <DataTable
              caption={text("sources.devices")}
              columns={columnsOf(text, formats, nowMs)}
              rows={devices}
              keyOf={({ store, workstation }) => `${store}/${workstation}`}
            />
          )
        }
      </Answered>
    </Panel>
  );
}

const columnsOf = (text: Text, formats: Formats, nowMs: number): Column<Device>[] => [
  { id: "till", title: text("sources.till"), cell: ({ store, workstation }) => text("sources.till-of", { till: workstation, store }) },
  // The till's own clock may be wrong: shown as it wrote it.
  {
    id: "receipt",
    title: text("sources.last-receipt"),
    cell: ({ lastReceiptAt }) => lastReceiptAt?.replace("T", " ") ?? text("sources.none"),
  },
  {
    id: "captured",
    title: text("sources.last-captured"),
    cell: ({ lastCapturedAtMs }) =>
      lastCapturedAtMs === null ? text("sources.none") : text("sources.ago", { age: formats.duration(nowMs - lastCapturedAtMs) }),
  },
  { id: "source", title: text("sources.by"), cell: ({ source }) => source ?? text("sources.none") },
];
