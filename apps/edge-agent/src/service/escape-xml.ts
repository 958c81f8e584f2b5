import { refuseControls } from "./escape-systemd.ts";

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };

/** Text inside an element or an attribute. Throws `service.name-unsafe` at control characters, which XML cannot hold. */
export const xmlText = (text: string): string => refuseControls(text).replaceAll(/[&<>"']/gu, (found) => ENTITIES[found] ?? found);
