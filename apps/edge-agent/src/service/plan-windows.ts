import { win32 } from "node:path";
import { SERVICE_NAME, type ServiceSpec } from "./service-spec.ts";
import type { Step } from "./steps.ts";
import { winswXml } from "./winsw-xml.ts";

/** The account that Windows makes for a service of that name: no password, no login, no rights of an administrator. */
const VIRTUAL_ACCOUNT = `NT SERVICE\\${SERVICE_NAME}`;
/** The folder is the service's, the administrators' and the system's; inherited rights of all users are taken away. */
const FULL = "(OI)(CI)F";
/** By number: their names differ with Windows's language. */
const [ADMINISTRATORS, SYSTEM] = ["*S-1-5-32-544", "*S-1-5-18"];

/**
 * What to do on Windows. `wrapper` is WinSW's program, which does not come with Tillsync; it lies in a folder that only
 * administrators can write, and its description goes beside it under the same name. Never run on Windows.
 */
export function planWindowsInstall(spec: ServiceSpec, wrapper: string): Step[] {
  return [
    { do: "write", path: `${wrapper.slice(0, -win32.extname(wrapper).length)}.xml`, text: winswXml(spec) },
    { do: "run", argv: [wrapper, "stop"], orElse: "go-on" },
    { do: "run", argv: [wrapper, "uninstall"], orElse: "go-on" },
    { do: "run", argv: [wrapper, "install"] },
    { do: "folder", path: spec.data },
    { do: "run", argv: ["sc.exe", "config", SERVICE_NAME, "obj=", VIRTUAL_ACCOUNT] },
    {
      do: "run",
      argv: [
        "icacls.exe",
        spec.data,
        "/inheritance:r",
        "/grant:r",
        `${VIRTUAL_ACCOUNT}:${FULL}`,
        `${ADMINISTRATORS}:${FULL}`,
        `${SYSTEM}:${FULL}`,
      ],
    },
    { do: "run", argv: [wrapper, "start"] },
  ];
}

export function planWindowsRemove(wrapper: string): Step[] {
  return [
    { do: "run", argv: [wrapper, "stop"], orElse: "go-on" },
    { do: "run", argv: [wrapper, "uninstall"], orElse: "go-on" },
  ];
}
