import type { ReactNode } from "react";
import { Notice } from "../components/notice.tsx";
import { useFormats, useText } from "../language/language-context.tsx";
import { useSnapshotPart } from "../port/use-snapshot.ts";

/** A pause that somebody forgot shows itself where everybody looks. */
export function PauseNotice(): ReactNode {
  const text = useText();
  const formats = useFormats();
  const pause = useSnapshotPart(({ pause }) => pause) ?? null;
  if (pause === null) return null;
  return (
    <Notice kind="attention">
      <p>{text("home.paused", { until: formats.dateTime(pause.untilMs), reason: pause.reason })}</p>
    </Notice>
  );
}
