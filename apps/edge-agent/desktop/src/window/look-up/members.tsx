import type { MemberFound } from "@tillsync/edge-agent/window-api";
import type { ReactNode } from "react";
import { Answered } from "../components/answered.tsx";
import { Facts } from "../components/facts.tsx";
import { Count } from "../components/figures.tsx";
import { Notice } from "../components/notice.tsx";
import { Panel } from "../components/panel.tsx";
import { useText } from "../language/language-context.tsx";
import { useAnswer } from "../port/use-answer.ts";
import { AsOf } from "./as-of.tsx";

/** The member of a number. No name: the shop knows none. */
export function Members({ wanted }: { readonly wanted: string }): ReactNode {
  const text = useText();
  const query = useAnswer("find-members", { text: wanted });
  return (
    <Panel title={text("look-up.members")}>
      <Answered query={query}>
        {({ rows, asOfMs }) => (
          <>
            {rows.length === 0 ? <p>{text("look-up.no-member")}</p> : null}
            <ul className="found">
              {rows.map((row) => (
                <Member key={row.id} member={row} />
              ))}
            </ul>
            <AsOf atMs={asOfMs} />
          </>
        )}
      </Answered>
    </Panel>
  );
}

function Member({ member: { points, tier, programme, customerGroup, state } }: { readonly member: MemberFound }): ReactNode {
  const text = useText();
  const known = (value: string | null): string => value ?? text("look-up.unknown");
  const facts: (readonly [string, ReactNode])[] = [
    [text("look-up.points"), points === null ? text("look-up.unknown") : <Count key="points" n={points} />],
    [text("look-up.tier"), known(tier)],
  ];
  if (programme !== null) facts.push([text("look-up.programme"), programme]);
  if (customerGroup !== null) facts.push([text("look-up.group"), customerGroup]);
  return (
    <li className="product">
      <h3>{text("look-up.member")}</h3>
      {state === "left" ? <Notice kind="attention">{text("look-up.left")}</Notice> : null}
      <Facts facts={facts} />
    </li>
  );
}
