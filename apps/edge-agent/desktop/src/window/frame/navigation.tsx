import type { Snapshot } from "@tillsync/edge-agent/window-api";
import type { ReactNode } from "react";
import { useText } from "../language/language-context.tsx";
import { useSnapshotPart } from "../port/use-snapshot.ts";
import { routeTo } from "../route/use-route.ts";
import { screens } from "../screens.ts";

/** How many things wait for a person on a screen, where the snapshot knows. */
const TO_DO: Readonly<Record<string, (snapshot: Snapshot) => number>> = {
  "set-aside": ({ setAside }) => setAside.open,
  orders: ({ orders }) => orders.toHandOver + orders.conflicts,
};

export function Navigation({ current }: { readonly current: string }): ReactNode {
  const text = useText();
  return (
    <nav className="screens" aria-label={text("frame.screens")}>
      <ul>
        {screens.map(({ id, title }) => (
          <li key={id}>
            <a href={routeTo(id)} aria-current={id === current ? "page" : undefined}>
              <span>{text(title)}</span>
              <ToDo screen={id} />
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function ToDo({ screen }: { readonly screen: string }): ReactNode {
  const text = useText();
  const n = useSnapshotPart((snapshot) => TO_DO[screen]?.(snapshot) ?? 0) ?? 0;
  return n === 0 ? null : <span className="to-do">{text("frame.to-do", { n })}</span>;
}
