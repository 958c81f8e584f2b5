// A Vendure 3 server on loopback: SQLite, no assets, no e-mail, no telemetry; jobs run in this process.
// Environment: VENDURE_FOLDER, VENDURE_PORT, VENDURE_ADMIN_PASSWORD; VENDURE_POPULATE=1 on the first start alone.
import { createHash, timingSafeEqual } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import vendure from "@vendure/core";
import { populateInitialData } from "@vendure/core/cli/index.js";
import { orderNotices } from "./order-notices.mjs";
import { withTillReceipts } from "./till-receipts.mjs";

const { bootstrap, defaultConfig, DefaultLogger, JobQueueService, LogLevel, mergeConfig, RandomBytesApiKeyStrategy } = vendure;
const { VENDURE_FOLDER, VENDURE_PORT, VENDURE_ADMIN_PASSWORD, VENDURE_POPULATE } = process.env;
const LINES_MAX = 100_000;

const sha256 = (value) => createHash("sha256").update(value).digest();
// A key of 192 random bits needs no slow hash, and bcrypt would cost a fifth of a second on every request.
const hashingStrategy = {
  hash: async (key) => sha256(key).toString("hex"),
  check: async (key, hash) => timingSafeEqual(sha256(key), Buffer.from(hash, "hex")),
};

// Whom to tell of orders, as { url, secret }: may be written and changed while the server runs.
function readNoticeTarget() {
  const file = join(VENDURE_FOLDER, "notices.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

const base = {
  apiOptions: {
    hostname: "127.0.0.1",
    port: Number(VENDURE_PORT),
    adminApiPath: "admin-api",
    shopApiPath: "shop-api",
    adminApiPlayground: false,
    shopApiPlayground: false,
    cors: false,
  },
  authOptions: {
    tokenMethod: ["bearer", "api-key"],
    adminApiKeyStrategy: new RandomBytesApiKeyStrategy({ hashingStrategy, lastUsedAtUpdateInterval: "15m" }),
    superadminCredentials: { identifier: "superadmin", password: VENDURE_ADMIN_PASSWORD },
    cookieOptions: { secret: VENDURE_ADMIN_PASSWORD },
  },
  orderOptions: { orderItemsLimit: LINES_MAX, orderLineItemsLimit: LINES_MAX },
  dbConnectionOptions: {
    type: "better-sqlite3",
    database: join(VENDURE_FOLDER, "vendure.sqlite"),
    synchronize: VENDURE_POPULATE === "1",
    logging: false,
    prepareDatabase: (database) => {
      database.pragma("journal_mode = WAL");
      // Killed with the process, not with the machine: what was committed is in the file.
      database.pragma("synchronous = NORMAL");
    },
  },
  plugins: [orderNotices(readNoticeTarget)],
  logger: new DefaultLogger({ level: LogLevel.Warn }),
};

const app = await bootstrap(withTillReceipts(mergeConfig(defaultConfig, base)));
await app.get(JobQueueService).start();
if (VENDURE_POPULATE === "1") {
  await populateInitialData(app, {
    defaultLanguage: "en",
    defaultZone: "Europe",
    countries: [{ name: "Germany", code: "DE", zone: "Europe" }],
    taxRates: [19, 7, 0].map((percentage) => ({ name: `VAT ${percentage} %`, percentage })),
    shippingMethods: [],
    paymentMethods: [{ name: "Till", handler: { code: "till", arguments: [] } }],
    collections: [],
  });
}
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => app.close().then(() => process.exit(0)));
