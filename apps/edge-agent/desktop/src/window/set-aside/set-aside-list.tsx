import { SET_ASIDE_IDS_MAX, type SetAsideRow } from "@tillsync/edge-agent/window-api";
import { useState, type ReactNode } from "react";
import { Answered } from "../components/answered.tsx";
import { Button } from "../components/button.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { Panel } from "../components/panel.tsx";
import { useText } from "../language/language-context.tsx";
import { useAnswer } from "../port/use-answer.ts";
import { HandToIt } from "./hand-to-it.tsx";
import { SetAsideTable } from "./set-aside-table.tsx";
import { TryAgain } from "./try-again.tsx";

const EVERY_MS = 5_000;

/** Everything that is set aside: what is to do here, what IT has taken, and on request what is settled. */
export function SetAsideList(): ReactNode {
  const text = useText();
  const [all, setAll] = useState(false);
  const query = useAnswer("set-aside-list", { all }, { refetchMs: EVERY_MS });
  return (
    <>
      <p>{text("set-aside.what")}</p>
      <Answered query={query}>{(rows) => <Lists rows={rows} />}</Answered>
      <div className="actions">
        <Button onPress={() => setAll(!all)}>{text(all ? "set-aside.hide-resolved" : "set-aside.show-resolved")}</Button>
      </div>
    </>
  );
}

function Lists({ rows }: { readonly rows: readonly SetAsideRow[] }): ReactNode {
  const text = useText();
  const open = rows.filter(({ state, handedToIt }) => state === "open" && handedToIt === null);
  const withIt = rows.filter(({ state, handedToIt }) => state === "open" && handedToIt !== null);
  const resolved = rows.filter(({ state }) => state === "resolved");
  const ids = open.slice(0, SET_ASIDE_IDS_MAX).map(({ id }) => id);
  return (
    <>
      <Panel title={text("set-aside.open")}>
        {open.length === 0 ? (
          <EmptyState>{text("set-aside.none")}</EmptyState>
        ) : (
          <SetAsideTable title={text("set-aside.open")} rows={open} />
        )}
        {/* Both stay when nothing is left: they say what has come of it. */}
        <div className="acts">
          <TryAgain ids={ids} label={text("set-aside.try-all")} />
          <HandToIt ids={ids} label={text("set-aside.hand-all")} />
        </div>
      </Panel>
      {withIt.length === 0 ? null : (
        <Panel title={text("set-aside.with-it")}>
          <SetAsideTable title={text("set-aside.with-it")} rows={withIt} handed />
        </Panel>
      )}
      {resolved.length === 0 ? null : (
        <Panel title={text("set-aside.resolved")}>
          <SetAsideTable title={text("set-aside.resolved")} rows={resolved} />
        </Panel>
      )}
    </>
  );
}
