import type { DayAnswer, TillDay } from "@tillsync/edge-agent/window-api";
import { useState, type ReactNode } from "react";
import { Answered } from "../components/answered.tsx";
import { DataTable, type Column } from "../components/data-table.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { Count, Money } from "../components/figures.tsx";
import { Panel } from "../components/panel.tsx";
import { Select } from "../components/select.tsx";
import { useFormats, useText, type Text } from "../language/language-context.tsx";
import { useAnswer } from "../port/use-answer.ts";
import { Compared, PosSays } from "./pos-says.tsx";

/** Sums of a day are read from the journal's totals; slower than the snapshot, and soon enough for people. */
const EVERY_MS = 5_000;
const LATEST = "latest";

/** One day's sales and totals per till, as captured here, beside what the POS itself says. */
export function DaySales(): ReactNode {
  const text = useText();
  const [day, setDay] = useState(LATEST);
  const query = useAnswer("day", day === LATEST ? {} : { businessDay: day }, { refetchMs: EVERY_MS });
  return (
    <Panel title={text("home.sales")} actions={<DayChoice days={query.data?.days ?? []} day={day} onChange={setDay} />}>
      <Answered query={query}>{(answer) => <TillTable answer={answer} />}</Answered>
    </Panel>
  );
}

interface DayChoiceProps {
  readonly days: readonly string[];
  readonly day: string;
  readonly onChange: (day: string) => void;
}

function DayChoice({ days, day, onChange }: DayChoiceProps): ReactNode {
  const text = useText();
  const formats = useFormats();
  const [latest, ...older] = days;
  if (latest === undefined) return null;
  const chosen = day === LATEST || days.includes(day) ? [] : [day];
  const options = [
    { value: LATEST, label: text("home.latest-day", { day: formats.businessDay(latest) }) },
    ...[...older, ...chosen].map((value) => ({ value, label: formats.businessDay(value) })),
  ];
  return <Select label={text("home.day")} value={day === latest ? LATEST : day} options={options} onChange={onChange} />;
}

function TillTable({ answer }: { readonly answer: DayAnswer }): ReactNode {
  const text = useText();
  const formats = useFormats();
  const { businessDay, tills } = answer;
  if (businessDay === null || tills.length === 0) return <EmptyState glyph="info">{text("home.no-sales")}</EmptyState>;
  const stores = new Set(tills.map(({ store }) => store));
  return (
    <DataTable
      caption={text("home.sales-of", { day: formats.businessDay(businessDay) })}
      columns={columnsOf(text, stores.size > 1)}
      rows={tills}
      keyOf={({ store, workstation, currency }) => JSON.stringify([store, workstation, currency])}
    />
  );
}

const columnsOf = (text: Text, manyStores: boolean): Column<TillDay>[] => [
  {
    id: "till",
    long: true,
    title: text("home.till"),
    cell: ({ store, workstation }) => (manyStores ? text("home.till-of", { till: workstation, store }) : workstation),
  },
  { id: "count", title: text("home.count"), figures: true, cell: ({ sales }) => <Count n={sales} /> },
  {
    id: "gross",
    title: text("home.gross"),
    figures: true,
    cell: ({ gross, currency, exponent }) => <Money minor={gross} currency={currency} exponent={exponent} />,
  },
  { id: "pos", title: text("home.pos"), figures: true, cell: (till) => <PosSays till={till} /> },
  { id: "compared", title: text("home.compared"), cell: (till) => <Compared till={till} /> },
];
