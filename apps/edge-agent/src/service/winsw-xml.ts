import { TillsyncError } from "@tillsync/sync-protocol";
import { xmlText } from "./escape-xml.ts";
import { SERVICE_NAME, type ServiceSpec } from "./service-spec.ts";

/** Waits between starts; the last one is repeated. A day without a failure begins again with the first. */
const RESTART_SECONDS = [5, 15, 60];
/** Longer than the agent gives itself for an orderly end. */
const STOP_SECONDS = 15;
/** Kept lines of what the agent says on stderr: four files of 10 MiB. */
const LOG_KILOBYTES = 10_240;
const LOG_FILES = 4;

/**
 * The description for WinSW, which makes a program a Windows service; it lies beside WinSW's program under the same name.
 * Elements and attributes are those of WinSW 1 and 2. Made here and checked by tests of its text; it was never run on
 * Windows. Throws `service.name-unsafe` for control characters and quotes in paths, which Windows has in none.
 */
export function winswXml(spec: ServiceSpec): string {
  const words = [spec.entry, "run", "--data", spec.data].map(windowsWord).join(" ");
  return `<service>
  <id>${SERVICE_NAME}</id>
  <name>Tillsync agent</name>
  <description>Keeps this store's sales and sends them to the cloud</description>
  <executable>${xmlText(literal(spec.node))}</executable>
  <arguments>${xmlText(words)}</arguments>
  <startmode>Automatic</startmode>
  <stoptimeout>${STOP_SECONDS} sec</stoptimeout>
${RESTART_SECONDS.map((seconds) => `  <onfailure action="restart" delay="${seconds} sec"/>`).join("\n")}
  <resetfailure>1 day</resetfailure>
  <logpath>${xmlText(literal(`${spec.data}\\logs`))}</logpath>
  <log mode="roll-by-size">
    <sizeThreshold>${LOG_KILOBYTES}</sizeThreshold>
    <keepFiles>${LOG_FILES}</keepFiles>
  </log>
</service>
`;
}

/** WinSW replaces `%NAME%` by the environment; a path that holds a pair of `%` cannot be told from one. */
function literal(path: string): string {
  if (path.includes('"') || /%[^%]*%/u.test(path)) throw new TillsyncError("service.name-unsafe", JSON.stringify(path).slice(0, 200));
  return path;
}

/** A word of a Windows command line: quoted, and backslashes before the closing quote doubled, as programs take it apart. */
const windowsWord = (text: string): string => (/^[\w:\\/.-]+$/u.test(text) ? text : `"${literal(text).replace(/\\+$/u, "$&$&")}"`);
