import type { SetAsideFull } from "@tillsync/edge-agent/window-api";
import type { ReactNode } from "react";
import { Answered } from "../components/answered.tsx";
import { CodeText } from "../components/error-notice.tsx";
import { Facts } from "../components/facts.tsx";
import { Count, Time } from "../components/figures.tsx";
import { Notice } from "../components/notice.tsx";
import { Panel } from "../components/panel.tsx";
import { useFormats, useText, type Text } from "../language/language-context.tsx";
import type { Formats } from "../language/formats.ts";
import { useAnswer } from "../port/use-answer.ts";
import { routeTo } from "../route/use-route.ts";
import { HandToIt } from "./hand-to-it.tsx";
import { KeptBytes } from "./kept-bytes.tsx";
import { itemName } from "./set-aside-table.tsx";
import { TryAgain } from "./try-again.tsx";

/** One item: why it is here, what can be done, and what is kept of it. */
export function SetAsideItem({ id }: { readonly id: number }): ReactNode {
  const text = useText();
  const query = useAnswer("set-aside-show", { id });
  return (
    <>
      <p className="targets">
        <a href={routeTo("set-aside")}>{text("set-aside.back")}</a>
      </p>
      <Answered query={query}>{(item) => <Item item={item} />}</Answered>
    </>
  );
}

function Item({ item }: { readonly item: SetAsideFull }): ReactNode {
  const text = useText();
  const formats = useFormats();
  const isOpen = item.state === "open";
  return (
    <>
      {isOpen ? null : (
        <Notice kind="safe">
          <p>{text("set-aside.resolved")}</p>
        </Notice>
      )}
      <Panel title={text("set-aside.why")}>
        <CodeText code={item.code} detail={item.detail} />
        <div className="acts">
          <TryAgain ids={isOpen ? [item.id] : []} label={text("set-aside.try-again")} />
          <HandToIt ids={isOpen && item.handedToIt === null ? [item.id] : []} label={text("set-aside.hand")} />
        </div>
      </Panel>
      <Panel title={text("set-aside.about")}>
        <Facts facts={factsOf(item, text, formats)} />
      </Panel>
      <Panel title={text("set-aside.kept")}>
        <KeptBytes item={item} />
      </Panel>
    </>
  );
}

type Fact = readonly [name: string, value: ReactNode];

function factsOf(item: SetAsideFull, text: Text, formats: Formats): Fact[] {
  const { source, adapter, name, range, entry, handedToIt } = item;
  const known = (value: ReactNode, id: Parameters<Text>[0]): Fact[] => (value === null ? [] : [[text(id), value]]);
  return [
    [text("set-aside.column.item"), itemName(text, item.id)],
    ...known(source, "set-aside.source"),
    ...known(adapter, "set-aside.adapter"),
    ...known(name, "set-aside.name"),
    ...known(range && text("set-aside.range-of", { from: formats.count(range[0]), to: formats.count(range[1]) }), "set-aside.range"),
    ...known(entry && text("set-aside.entry-of", { epoch: entry.epoch, seq: formats.count(entry.seq) }), "set-aside.entry"),
    [text("set-aside.size"), formats.bytes(item.bytes)],
    [text("set-aside.times"), <Count key="times" n={item.times} />],
    [text("set-aside.since"), <Time key="since" atMs={Date.parse(item.at)} />],
    ...known(handedToIt && <Time key="handed" atMs={handedToIt.atMs} />, "set-aside.handed"),
    ...known(handedToIt && handedToIt.supportNumber, "set-aside.column.support-number"),
  ];
}
