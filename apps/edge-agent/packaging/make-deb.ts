import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SERVICE_USER, STAFF_GROUP } from "../src/service/service-spec.ts";
import { systemdUnit, UNIT_FILE } from "../src/service/systemd-unit.ts";
import { manifest } from "./assemble.ts";
import { describeFiles, layFiles, settle } from "./package-files.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
export const PACKAGE_NAME = "tillsync-agent";
/** Where the program lies once installed; everything there belongs to root. */
const HOME = "usr/lib/tillsync";
const DEB_ARCH = { x64: "amd64", arm64: "arm64" } as const;

/** They rest until the package brings keys of updates. */
const UPDATE_UNITS = ["tillsync-update.service", "tillsync-update-revert.service", "tillsync-update.path", "tillsync-update.timer"];

export interface DebOptions {
  readonly version: string;
  readonly arch: keyof typeof DEB_ARCH;
  /** One time for everything in the package, in seconds since 1970. */
  readonly epochSeconds: number;
  readonly compression: "xz" | "none";
}

/** Makes the .deb of the program at `program`, which is moved into it. Answers its path in `out`. Needs `dpkg-deb`. */
export function makeDeb(program: string, scratch: string, out: string, options: DebOptions): string {
  const root = join(scratch, "deb");
  mkdirSync(join(root, "usr/lib"), { recursive: true });
  renameSync(program, join(root, HOME));
  const spec = {
    node: `/${HOME}/runtime/node`,
    entry: `/${HOME}/bin/edge-agent.mjs`,
    data: "/var/lib/tillsync",
    runAs: { user: SERVICE_USER, staffGroup: STAFF_GROUP },
  };
  layFiles(root, [
    { path: "usr/bin/edge-agent", copyOf: here("bin/edge-agent.deb.sh"), kind: "program" },
    { path: `usr/lib/systemd/system/${UNIT_FILE}`, text: systemdUnit(spec) },
    ...UPDATE_UNITS.map((name) => ({ path: `usr/lib/systemd/system/${name}`, copyOf: here(`deb/${name}`) })),
    { path: `usr/share/doc/${PACKAGE_NAME}/copyright`, text: copyright() },
    { path: `etc/default/${PACKAGE_NAME}`, copyOf: here("deb/default"), kind: "secret" },
  ]);
  const bytes = describeFiles(root).reduce((sum, file) => sum + file.bytes, 0);
  const sums = md5sums(root);
  layFiles(root, [
    { path: "DEBIAN/control", text: control(options, Math.ceil(bytes / 1024)) },
    { path: "DEBIAN/conffiles", text: `/etc/default/${PACKAGE_NAME}\n` },
    { path: "DEBIAN/md5sums", text: sums },
    ...["postinst", "prerm", "postrm"].map((name) => ({ path: `DEBIAN/${name}`, copyOf: here(`deb/${name}`), kind: "program" as const })),
  ]);
  settle(root, options.epochSeconds);
  const file = join(out, `${PACKAGE_NAME}_${options.version}_${DEB_ARCH[options.arch]}.deb`);
  // One thread: how xz cuts its input depends on whether there are more.
  execFileSync("dpkg-deb", ["--root-owner-group", "--threads-max=1", `-Z${options.compression}`, "--build", root, file], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(options.epochSeconds) },
    stdio: ["ignore", "ignore", "inherit"],
  });
  return file;
}

/** The libraries are those that the Node.js binary and the native part of SQLite were linked with. */
function control(options: DebOptions, kilobytes: number): string {
  return `${[
    `Package: ${PACKAGE_NAME}`,
    `Version: ${options.version}`,
    `Architecture: ${DEB_ARCH[options.arch]}`,
    "Maintainer: Tillsync <support@tillsync.example>",
    "Section: misc",
    "Priority: optional",
    `Installed-Size: ${kilobytes}`,
    "Depends: libc6 (>= 2.34), libstdc++6 (>= 11), libgcc-s1, adduser | passwd, util-linux",
    "Recommends: ca-certificates",
    "Homepage: https://tillsync.example",
    `Description: ${manifest.description}`,
    " Captures what the point of sale writes, keeps it on disk before anything",
    " else, and sends it to the cloud whenever there is a line.",
  ].join("\n")}\n`;
}

function copyright(): string {
  return `${[
    "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/",
    "Upstream-Name: Tillsync",
    "",
    "Files: *",
    "Copyright: the authors of Tillsync",
    `License: ${manifest.license}`,
    ` The whole text is in /${HOME}/LICENSE. Parts that others made, and their`,
    ` licences, are in /${HOME}/THIRD-PARTY-NOTICES.txt.`,
  ].join("\n")}\n`;
}

/** What `dpkg --verify` compares with; it knows no newer sum. */
function md5sums(root: string): string {
  const paths = describeFiles(root)
    .map(({ path }) => path)
    .filter((path) => !path.startsWith("etc/"));
  return execFileSync("md5sum", paths, { cwd: root, encoding: "utf8" });
}
