import type { BundleAnswer } from "@tillsync/edge-agent/window-api";

/** Longer than any browser takes to begin a download; the memory is free again after it. */
const DOWNLOAD_STARTS_MS = 30_000;
/** A name for a file and nothing that leads elsewhere. */
const UNSAFE = /[^\w.-]+|^\.+/g;

/** Gives an archive to the person as a download. */
export function saveFile({ fileName, base64 }: BundleAnswer): void {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.codePointAt(0) ?? 0);
  const url = URL.createObjectURL(new Blob([bytes], { type: "application/zip" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName.replaceAll(UNSAFE, "_");
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), DOWNLOAD_STARTS_MS);
}
