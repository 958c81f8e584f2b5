const DEADLINE_MS = 30_000;

/** Speaks to a Medusa server's Admin API. */
export interface AdminApi {
  /** Throws with the server's message for any of its errors. */
  call<Answer>(method: "GET" | "POST", path: string, body?: object): Promise<Answer>;
}

/** Logs a user in, and speaks as that user. */
export async function openAdminApi(port: number, email: string, password: string): Promise<AdminApi> {
  let token: string | undefined;
  const call = async <Answer>(method: "GET" | "POST", path: string, body?: object): Promise<Answer> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      signal: AbortSignal.timeout(DEADLINE_MS),
      headers: { "content-type": "application/json", ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const said = (await answer.json()) as Answer & { message?: string };
    if (!answer.ok) throw new Error(`Medusa: ${path}: ${answer.status} ${said.message ?? ""}`);
    return said;
  };
  ({ token } = await call<{ token: string }>("POST", "/auth/user/emailpass", { email, password }));
  return { call };
}
