import { describe, expect, it } from "vitest";
import { cloudUrl } from "./cloud-url.ts";

describe("cloudUrl", () => {
  it.each([
    ["https://cloud.example", "https://cloud.example"],
    ["https://cloud.example/", "https://cloud.example"],
    ["https://CLOUD.example:443/tills/", "https://cloud.example/tills"],
    ["http://localhost:4400", "http://localhost:4400"],
    ["http://127.0.0.1:4400/", "http://127.0.0.1:4400"],
    ["http://127.9.9.9", "http://127.9.9.9"],
    ["http://[::1]:4400", "http://[::1]:4400"],
  ])("takes %s", (text, url) => {
    expect(cloudUrl(text)).toBe(url);
  });

  it.each([
    "http://cloud.example",
    "http://127.0.0.1.example",
    "http://localhost.example",
    "http://10.0.0.1",
    "http://[::ffff:127.0.0.1]",
    "http://0.0.0.0",
    "HTTP://cloud.example",
    "http://127.0.0.1@cloud.example",
  ])("refuses plain http to another machine: %s", (text) => {
    const code = text.includes("@") ? "usage.invalid" : "enrol.insecure-url";
    expect(() => cloudUrl(text)).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    "",
    "cloud.example",
    "ftp://cloud.example",
    "file:///etc/passwd",
    "https://user:pw@cloud.example",
    "https://cloud.example/?a=1",
    "https://",
  ])("refuses %s", (text) => {
    expect(() => cloudUrl(text)).toThrow(expect.objectContaining({ code: "usage.invalid" }));
  });
});
