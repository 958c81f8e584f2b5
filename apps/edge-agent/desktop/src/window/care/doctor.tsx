import type { DoctorAnswer } from "@tillsync/edge-agent/window-api";
import type { ReactNode } from "react";
import { Button } from "../components/button.tsx";
import { DataTable, type Column } from "../components/data-table.tsx";
import { CodeText, ErrorNotice } from "../components/error-notice.tsx";
import { Glyph } from "../components/glyph.tsx";
import { Notice } from "../components/notice.tsx";
import { Panel } from "../components/panel.tsx";
import { useText, type Text } from "../language/language-context.tsx";
import { useAction } from "../port/use-answer.ts";
import { checkName } from "./check-name.ts";

type Check = DoctorAnswer["checks"][number];

/** Looks at everything that selling and sending need, when a person asks for it. */
export function Doctor(): ReactNode {
  const text = useText();
  const { mutate, data, error, isPending, isError } = useAction("doctor");
  return (
    <Panel
      title={text("care.doctor")}
      actions={
        <Button kind="main" busy={isPending} onPress={() => mutate({})}>
          {text(isPending ? "care.doctor-running" : "care.doctor-run")}
        </Button>
      }
    >
      {isError ? <ErrorNotice error={error} /> : null}
      {data === undefined ? null : (
        <>
          <Verdict checks={data.checks} />
          <DataTable caption={text("care.doctor")} columns={columnsOf(text)} rows={data.checks} keyOf={({ name }) => name} />
        </>
      )}
    </Panel>
  );
}

function Verdict({ checks }: { readonly checks: readonly Check[] }): ReactNode {
  const text = useText();
  const count = (wanted: Check["state"]): number => checks.filter(({ state }) => state === wanted).length;
  const [failed, warnings] = [count("failed"), count("warning")];
  if (failed > 0) return <Notice kind="failed">{text("care.doctor-failed", { n: failed })}</Notice>;
  if (warnings > 0) return <Notice kind="attention">{text("care.doctor-warnings", { n: warnings })}</Notice>;
  return <Notice kind="safe">{text("care.doctor-ok")}</Notice>;
}

const GLYPHS = { ok: ["safe", "ok"], warning: ["attention", "bad"], failed: ["failed", "bad"] } as const;

const columnsOf = (text: Text): Column<Check>[] => [
  { id: "name", long: true, title: text("care.check"), cell: ({ name }) => checkName(text, name) },
  {
    id: "state",
    title: text("care.result"),
    cell: ({ state }) => {
      const [glyph, tone] = GLYPHS[state];
      return (
        <span className={`with-glyph glyph-tone-${tone}`}>
          <Glyph name={glyph} />
          <span>{text(`care.state.${state}`)}</span>
        </span>
      );
    },
  },
  {
    id: "found",
    long: true,
    title: text("care.found"),
    cell: ({ code, detail }) => (code === null ? detail : <CodeText code={code} detail={detail} />),
  },
];
