import type { ReactNode } from "react";
import { Panel } from "../components/panel.tsx";
import { useText } from "../language/language-context.tsx";
import { useSnapshot } from "../port/use-snapshot.ts";
import { routeTo } from "../route/use-route.ts";

/** What waits for a person, and where. */
export function ToDo(): ReactNode {
  const text = useText();
  const { snapshot } = useSnapshot();
  if (snapshot === undefined)
    return (
      <Panel title={text("home.to-do")}>
        <p>{text("home.unknown")}</p>
      </Panel>
    );
  const { setAside, orders } = snapshot;
  return (
    <Panel title={text("home.to-do")}>
      <ul className="plain targets">
        <li>
          <a href={routeTo("set-aside")}>{text("home.set-aside", { n: setAside.open })}</a>
        </li>
        {setAside.handedToIt === 0 ? null : <li>{text("home.handed", { n: setAside.handedToIt })}</li>}
        <li>
          <a href={routeTo("orders")}>{text("home.orders", { n: orders.toHandOver })}</a>
        </li>
        {orders.conflicts === 0 ? null : (
          <li>
            <a href={routeTo("orders")}>{text("home.conflicts", { n: orders.conflicts })}</a>
          </li>
        )}
      </ul>
    </Panel>
  );
}
