import { findProblems, type Problem } from "@tillsync/edge-agent/window-api";
import type { ReactNode } from "react";
import { CodeText } from "../components/error-notice.tsx";
import { Panel } from "../components/panel.tsx";
import { useText } from "../language/language-context.tsx";
import { useSnapshot } from "../port/use-snapshot.ts";

/** All that needs a person, the gravest first: the banner names one of them. */
export function Problems(): ReactNode {
  const text = useText();
  const { snapshot, nowMs } = useSnapshot();
  const problems = snapshot === undefined ? [] : findProblems(snapshot, nowMs);
  if (problems.length < 2) return null;
  return (
    <Panel title={text("home.problems")}>
      <ul className="plain stack">
        {problems.map((problem) => (
          <li key={JSON.stringify(problem)}>
            <CodeText code={problem.code} detail={aboutWhat(problem)} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const aboutWhat = ({ about, detail }: Problem): string => [about, detail].filter((part) => part !== null).join(", ");
