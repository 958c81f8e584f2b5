import type { ReactNode } from "react";
import { About } from "./about.tsx";
import { Bundle } from "./bundle.tsx";
import { Doctor } from "./doctor.tsx";
import { Pause } from "./pause.tsx";
import { Update } from "./update.tsx";
import { ViewChoices } from "./view-choices.tsx";

/** What a technician needs on site, and how this window looks. */
export function CareScreen(): ReactNode {
  return (
    <>
      <Doctor />
      <div className="columns">
        <Pause />
        <Bundle />
        <Update />
        <ViewChoices />
        <About />
      </div>
    </>
  );
}
