import { join } from "node:path";
import { startDesktop } from "./start-desktop.ts";

const beside = (path: string): string => join(import.meta.dirname, path);

startDesktop({ preload: beside("../preload/index.cjs"), windowFiles: beside("../window"), icons: beside("../../icons") });
