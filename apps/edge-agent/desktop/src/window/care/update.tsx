import type { ReactNode } from "react";
import { Panel } from "../components/panel.tsx";
import { useFormats, useText } from "../language/language-context.tsx";
import { useSnapshotPart } from "../port/use-snapshot.ts";

/** Whether an update waits for the shop to close. */
export function Update(): ReactNode {
  const text = useText();
  const formats = useFormats();
  const update = useSnapshotPart(({ update }) => update) ?? null;
  return (
    <Panel title={text("care.update")}>
      <p>
        {update === null
          ? text("care.update-none")
          : text("care.update-waits", { version: update.version, time: formats.dateTime(update.appliesFromMs) })}
      </p>
    </Panel>
  );
}
