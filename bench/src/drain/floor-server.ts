/*
 * The far end of the floor, and of the peers that bring no server: a bare Fastify that passes the body on to PostgreSQL
 * as one parameter and answers after the commit. It looks at nothing: no authentication, no framing, no chain.
 */
import Fastify from "fastify";
import { Pool } from "pg";
import { done, heard, input, peakRssBytes, tell } from "../processes/worker.ts";

const { databaseUrl } = input<{ databaseUrl: string }>();
const BODY_BYTES_MAX = 64 * 1_024 * 1_024;

const pool = new Pool({ connectionString: databaseUrl, max: 4 });
/** Plain storage: compressing rows past 2 KB, PostgreSQL's default, would halve the floor. */
await pool.query(`
  CREATE TABLE entry (journal text, seq bigint, line text NOT NULL, PRIMARY KEY (journal, seq)) WITH (toast_tuple_target = 8160);
  ALTER TABLE entry ALTER COLUMN line SET STORAGE EXTERNAL;
  CREATE TABLE segment (journal text, seq bigint, body text NOT NULL, PRIMARY KEY (journal, seq));
  ALTER TABLE segment ALTER COLUMN body SET STORAGE EXTERNAL;
  CREATE TABLE document (id text PRIMARY KEY, body json NOT NULL) WITH (toast_tuple_target = 8160);
  ALTER TABLE document ALTER COLUMN body SET STORAGE EXTERNAL;`);

const INSERTS: Readonly<Record<string, string>> = {
  rows: `INSERT INTO entry (journal, seq, line) SELECT $1, $2::bigint + n - 1, line
    FROM string_to_table($3, E'\\n') WITH ORDINALITY AS t (line, n) ON CONFLICT DO NOTHING`,
  segments: `INSERT INTO segment (journal, seq, body) VALUES ($1, $2::bigint, $3) ON CONFLICT DO NOTHING`,
};

const INSERT_DOCUMENTS =
  "INSERT INTO document (id, body) SELECT value ->> 'id', value FROM json_array_elements($1::json) ON CONFLICT DO NOTHING";

const app = Fastify({ bodyLimit: BODY_BYTES_MAX });
app.addContentTypeParser("application/x-ndjson", { parseAs: "string" }, (_request, body, next) => next(null, body));
app.removeContentTypeParser("application/json");
app.addContentTypeParser("application/json", { parseAs: "string" }, (_request, body, next) => next(null, body));

let bodyBytes = 0;
app.route<{ Querystring: { journal: string; first: string; as: string } }>({
  method: "POST",
  url: "/entries",
  handler: async (request) => {
    const { journal, first, as } = request.query;
    bodyBytes += Number(request.headers["content-length"]);
    await pool.query({ name: as, text: INSERTS[as] ?? "", values: [journal, first, request.body] });
    return { stored: true };
  },
});
app.route({
  method: "POST",
  url: "/documents",
  handler: async (request) => {
    bodyBytes += Number(request.headers["content-length"]);
    await pool.query({ name: "documents", text: INSERT_DOCUMENTS, values: [request.body] });
    return { stored: true };
  },
});

await app.listen({ port: 0, host: "127.0.0.1" });
const address = app.server.address();
await tell({ url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}` });

await heard();
const { rows } = await pool.query<{ n: number }>(
  `SELECT ((SELECT count(*) FROM entry) + (SELECT count(*) FROM document) +
    (SELECT coalesce(sum(length(body) - length(replace(body, E'\\n', '')) + 1), 0) FROM segment))::int AS n`,
);
await tell({ stored: rows[0]?.n, bodyBytes, peakRssBytes: peakRssBytes() });
await app.close();
await pool.end();
done();
