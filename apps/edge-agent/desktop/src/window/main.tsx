import "./port/without-eval.ts";
import { assert } from "@tillsync/sync-protocol";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { connectToAgent } from "./port/connect-to-agent.ts";

const place = document.getElementById("window");
assert(place !== null, "the page has a place for the window");
createRoot(place).render(
  <StrictMode>
    <App port={connectToAgent(window)} />
  </StrictMode>,
);
