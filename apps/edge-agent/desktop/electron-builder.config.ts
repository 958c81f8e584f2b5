import { readFileSync } from "node:fs";
import type { Configuration } from "electron-builder";
import { z } from "zod";

const packageSchema = z.object({ devDependencies: z.object({ electron: z.string().regex(/^\d+\.\d+\.\d+$/, "an exact version") }) });
const { electron } = packageSchema.parse(JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"))).devDependencies;

/** Whoever signs gives the name that stands in the certificate; a build without it is unsigned and says so. */
const publisher = process.env["TILLSYNC_WIN_PUBLISHER"];
const notarises = process.env["APPLE_TEAM_ID"] !== undefined;

/**
 * What the packaged program can no longer be talked into, whatever variables and arguments it is started with: to be a
 * plain Node, to load other code than its own archive, or one that was changed (macOS and Windows check that).
 */
export const FUSES = {
  runAsNode: false,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: false,
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  enableCookieEncryption: true,
  grantFileProtocolExtraPrivileges: false,
  loadBrowserProcessSpecificV8Snapshot: false,
  resetAdHocDarwinSignature: true,
} as const satisfies NonNullable<Configuration["electronFuses"]>;

/** Tray and window as packages. The core has installers of its own: this runs as the person who is signed in, and needs no rights. */
export default {
  appId: "example.tillsync.desktop",
  productName: "Tillsync",
  copyright: "Copyright Tillsync contributors",
  electronVersion: electron,
  directories: { output: "dist", buildResources: "packaging" },
  // The bundles hold all that they need; of modules nothing goes in.
  files: ["out/main/**", "out/preload/**", "out/window/**", "icons/tray/**", "!node_modules/**"],
  asar: true,
  npmRebuild: false,
  electronFuses: FUSES,
  electronLanguages: ["de", "fr", "en-US"],
  publish: null,
  linux: {
    target: ["AppImage", "deb", "tar.gz"],
    executableName: "tillsync-desktop",
    icon: "icons/app.png",
    category: "Office",
    synopsis: "Shows whether a store's sales are safe",
    maintainer: "Tillsync <support@tillsync.example>",
    artifactName: "tillsync-desktop-${version}-${arch}.${ext}",
  },
  deb: { packageName: "tillsync-desktop", priority: "optional", recommends: ["tillsync-agent"] },
  win: {
    target: [{ target: "nsis", arch: ["x64"] }],
    executableName: "Tillsync",
    icon: "icons/app.ico",
    requestedExecutionLevel: "asInvoker",
    artifactName: "tillsync-desktop-${version}-setup.${ext}",
    ...(publisher === undefined || publisher === "" ? {} : { forceCodeSigning: true, signtoolOptions: { publisherName: publisher } }),
  },
  nsis: {
    // Asks whether for this person or for all; for all wants an administrator's consent.
    oneClick: false,
    perMachine: false,
    selectPerMachineByDefault: true,
    allowElevation: true,
    allowToChangeInstallationDirectory: false,
    createDesktopShortcut: false,
    deleteAppDataOnUninstall: false,
    include: "packaging/no-downgrade.nsh",
    installerLanguages: ["de_DE", "fr_FR", "en_US"],
    displayLanguageSelector: false,
  },
  mac: {
    target: [{ target: "dmg", arch: ["universal"] }],
    icon: "icons/app.icns",
    category: "public.app-category.business",
    hardenedRuntime: true,
    gatekeeperAssess: false,
    entitlements: "packaging/entitlements.plist",
    entitlementsInherit: "packaging/entitlements.plist",
    notarize: notarises,
    // It lives beside the clock; a window opens from there.
    extendInfo: { LSUIElement: true },
    artifactName: "tillsync-desktop-${version}.${ext}",
  },
  dmg: { sign: false },
} satisfies Configuration;
