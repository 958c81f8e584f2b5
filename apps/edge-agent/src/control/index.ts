/** What programs beside the agent use to talk to it. */
export { askAgent } from "./ask-agent.ts";
