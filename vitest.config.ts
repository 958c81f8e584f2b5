import { defineConfig } from "vitest/config";

/** The suffix of a test says what it needs; see CONTRIBUTING.md. */
const project = (name: string, include: string[], options: object = {}) => ({
  resolve: { conditions: ["tillsync-source"] },
  ssr: { resolve: { conditions: ["tillsync-source", "node"], externalConditions: ["tillsync-source", "node"] } },
  test: {
    name,
    include,
    environment: "node",
    pool: "forks" as const,
    execArgv: ["--conditions=tillsync-source"],
    testTimeout: 20_000,
    ...options,
  },
});

const roots = "{apps,packages,examples,simulation,bench,scripts,test-servers}";

export default defineConfig({
  test: {
    // Two cores and a wait here and there: suites that start programs wait for them a third of their time.
    maxWorkers: 3,
    projects: [
      project("unit", [`${roots}/**/*.test.ts`], {
        exclude: ["**/node_modules/**", "**/dist/**", "**/*.{property,pg,sim,e2e,servers}.test.ts"],
      }),
      project("property", [`${roots}/**/*.property.test.ts`]),
      project("pg", [`${roots}/**/*.pg.test.ts`], { testTimeout: 60_000, hookTimeout: 120_000 }),
      project("sim", [`${roots}/**/*.sim.test.ts`], { testTimeout: 300_000 }),
      project("e2e", [`${roots}/**/*.e2e.test.ts`], { testTimeout: 120_000, hookTimeout: 120_000 }),
      project("servers", [`${roots}/**/*.servers.test.ts`], { testTimeout: 900_000, hookTimeout: 300_000, fileParallelism: false }),
    ],
  },
});
