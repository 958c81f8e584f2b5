const DEADLINE_MS = 30_000;

/** Speaks to a Vendure server's Admin API. */
export interface AdminApi {
  /** One operation; its data. Throws with the server's message for any of its errors. */
  run<Data>(query: string, variables?: object): Promise<Data>;
}

/** `key`: an API key; undefined: anonymous, until a log-in's answer brings a token. */
export function openAdminApi(port: number, key?: string): AdminApi {
  let token: string | undefined;
  return {
    run: async <Data>(query: string, variables: object = {}): Promise<Data> => {
      const answer = await fetch(`http://127.0.0.1:${port}/admin-api`, {
        method: "POST",
        signal: AbortSignal.timeout(DEADLINE_MS),
        headers: {
          "content-type": "application/json",
          ...(key === undefined ? {} : { "vendure-api-key": key }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({ query, variables }),
      });
      token ??= answer.headers.get("vendure-auth-token") ?? undefined;
      const { data, errors } = (await answer.json()) as { data?: Record<string, unknown> | null; errors?: { message: string }[] };
      const [refused] = Object.values(data ?? {}).filter((value) => value !== null && typeof value === "object" && "errorCode" in value);
      const message = errors?.[0]?.message ?? (refused as { message?: string } | undefined)?.message;
      if (message !== undefined) throw new Error(`Vendure: ${message}`);
      return data as Data;
    },
  };
}
