import "../from-source.ts";

await import("./cli.ts");
