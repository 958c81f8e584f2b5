import type { ReactNode } from "react";
import { Facts } from "../components/facts.tsx";
import { Panel } from "../components/panel.tsx";
import { useText } from "../language/language-context.tsx";
import { useSnapshotPart } from "../port/use-snapshot.ts";

/** Whom to call. The last that was known, also when the agent does not answer: that is when it is needed. */
export function Help(): ReactNode {
  const text = useText();
  const help = useSnapshotPart(({ help }) => help) ?? null;
  return (
    <Panel title={text("home.help")}>
      {help === null ? (
        <p>{text("home.no-help")}</p>
      ) : (
        <Facts
          facts={[[text("home.help-name"), help.name], ...(help.phone === null ? [] : [[text("home.help-phone"), help.phone] as const])]}
        />
      )}
    </Panel>
  );
}
