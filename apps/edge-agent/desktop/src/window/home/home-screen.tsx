import type { ReactNode } from "react";
import { DaySales } from "./day-sales.tsx";
import { Help } from "./help.tsx";
import { Line } from "./line.tsx";
import { PauseNotice } from "./pause-notice.tsx";
import { Problems } from "./problems.tsx";
import { ToDo } from "./to-do.tsx";

/** What staff come for: are today's sales here and safe, and is there something to do. */
export function HomeScreen(): ReactNode {
  return (
    <>
      <PauseNotice />
      <DaySales />
      <Problems />
      <div className="columns">
        <Line />
        <ToDo />
        <Help />
      </div>
    </>
  );
}
