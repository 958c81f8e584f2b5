/**
 * Chromium routes no scheme that it does not know. `tillsync://window/x` is opened as `http://window.tillsync.localhost/x`,
 * which it takes for a secure context, and is mapped back wherever the program under test sees an address.
 */
export function toPageUrl(url: string): string {
  const parts = /^([a-z][a-z0-9]*):\/\/([^/?#]*)(.*)$/i.exec(url);
  if (parts === null || parts[1] === "http" || parts[1] === "https") return url;
  return `http://${parts[2]}.${parts[1]}.localhost${parts[3]}`;
}

export function toAppUrl(url: string): string {
  return url.replace(/^(blob:)?http:\/\/([^/?#.]*)\.([a-z][a-z0-9]*)\.localhost(?=[/?#]|$)/i, "$1$3://$2");
}
