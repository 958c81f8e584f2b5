import type { AgentPort } from "@tillsync/edge-agent/window-api";
import { QueryClientProvider } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { Frame } from "./frame/frame.tsx";
import { LanguageProvider } from "./language/language-context.tsx";
import { openQueryClient } from "./port/open-query-client.ts";
import { PortContext } from "./port/port-context.ts";

/** The whole window of one agent. */
export function App({ port }: { readonly port: AgentPort }): ReactNode {
  const [client] = useState(openQueryClient);
  return (
    <PortContext value={port}>
      <QueryClientProvider client={client}>
        <LanguageProvider>
          <Frame />
        </LanguageProvider>
      </QueryClientProvider>
    </PortContext>
  );
}
