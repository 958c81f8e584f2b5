import manifest from "../../package.json" with { type: "json" };

/** What this agent calls itself to the cloud. */
export const AGENT_VERSION: string = manifest.version;
