// A minimal Medusa: no admin pages, one database, the loyalty plug-in.
const { defineConfig } = require("@medusajs/framework/utils");

module.exports = defineConfig({
  admin: { disable: true },
  plugins: [{ resolve: "@medusajs/loyalty-plugin", options: {} }],
  projectConfig: {
    databaseUrl: process.env.DATABASE_URL,
    databaseDriverOptions: { ssl: false },
    http: {
      storeCors: "",
      adminCors: "",
      authCors: "",
      jwtSecret: process.env.TILLSYNC_MEDUSA_SECRET,
      cookieSecret: process.env.TILLSYNC_MEDUSA_SECRET,
    },
  },
});
