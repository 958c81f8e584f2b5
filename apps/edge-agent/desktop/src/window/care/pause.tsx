import { REASON_CHARS_MAX, type Snapshot } from "@tillsync/edge-agent/window-api";
import { useState, type ReactNode } from "react";
import { Button } from "../components/button.tsx";
import { ErrorNotice } from "../components/error-notice.tsx";
import { Facts } from "../components/facts.tsx";
import { Field } from "../components/field.tsx";
import { Time } from "../components/figures.tsx";
import { Panel } from "../components/panel.tsx";
import { Select } from "../components/select.tsx";
import { useFormats, useText } from "../language/language-context.tsx";
import { useAction } from "../port/use-answer.ts";
import { useSnapshotPart } from "../port/use-snapshot.ts";

/** Minutes; the last is the longest that the agent allows. */
const CHOICES = ["15", "30", "60", "120", "240", "480"] as const;
type Choice = (typeof CHOICES)[number];
const MINUTE_MS = 60_000;

/** Stops the reading of sources for a time that ends, with a reason; or shows that it is stopped, and ends it. */
export function Pause(): ReactNode {
  const text = useText();
  const pause = useSnapshotPart(({ pause }) => pause) ?? null;
  return (
    <Panel title={text("care.pause")}>
      <p>{text("care.pause-explained")}</p>
      {pause === null ? <StartPause /> : <EndPause pause={pause} />}
    </Panel>
  );
}

function StartPause(): ReactNode {
  const text = useText();
  const formats = useFormats();
  const [minutes, setMinutes] = useState<Choice>("15");
  const [reason, setReason] = useState("");
  const [asked, setAsked] = useState(false);
  const { mutate, error, isPending, isError } = useAction("pause");
  const missing = reason.trim() === "";
  const start = (): void => {
    setAsked(true);
    if (!missing) mutate({ forMs: Number(minutes) * MINUTE_MS, reason });
  };
  return (
    <>
      <Select
        label={text("care.pause-for")}
        value={minutes}
        options={CHOICES.map((value) => ({ value, label: formats.duration(Number(value) * MINUTE_MS) }))}
        onChange={setMinutes}
      />
      <Field
        label={text("care.pause-reason")}
        value={reason}
        onChange={setReason}
        maxLength={REASON_CHARS_MAX}
        error={asked && missing ? text("care.pause-reason-missing") : undefined}
      />
      <div className="actions">
        <Button kind="danger" busy={isPending} onPress={start}>
          {text("care.pause-start")}
        </Button>
      </div>
      {isError ? <ErrorNotice error={error} /> : null}
    </>
  );
}

function EndPause({ pause }: { readonly pause: NonNullable<Snapshot["pause"]> }): ReactNode {
  const text = useText();
  const { mutate, error, isPending, isError } = useAction("resume");
  return (
    <>
      <Facts
        facts={[
          [text("care.pause-since"), <Time key="since" atMs={pause.sinceMs} />],
          [text("care.pause-until"), <Time key="until" atMs={pause.untilMs} />],
          [text("care.pause-reason"), pause.reason],
        ]}
      />
      <div className="actions">
        <Button kind="main" busy={isPending} onPress={() => mutate({})}>
          {text("care.resume")}
        </Button>
      </div>
      {isError ? <ErrorNotice error={error} /> : null}
    </>
  );
}
