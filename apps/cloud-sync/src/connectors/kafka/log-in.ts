import { AuthenticationError, saslScramSha, type SASLOptions } from "@platformatic/kafka";
import type { KafkaConfig } from "./manifest.ts";

/** Rounds of hashing that a broker may ask of us. Kafka's brokers take 16,384 at most; each connection pays for them. */
export const ITERATIONS_MAX = 100_000;

type Authenticate = NonNullable<SASLOptions["authenticate"]>;
type Ask = Parameters<Authenticate>[2];

/** How a client logs in; undefined where it does not. */
export function logInOf({ sasl, secret = "" }: Pick<KafkaConfig, "sasl" | "secret">): SASLOptions | undefined {
  if (sasl === undefined) return undefined;
  const { mechanism, user } = sasl;
  const options = { mechanism, username: user, password: secret };
  if (mechanism === "PLAIN") return options;
  return { ...options, authenticate: scramOf(mechanism === "SCRAM-SHA-256" ? "SHA-256" : "SHA-512", user, secret) };
}

/**
 * SCRAM as the client does it. What the client throws about an answer that is malformed would come up where nobody can
 * catch it; here the log-in fails.
 */
function scramOf(algorithm: "SHA-256" | "SHA-512", user: string, password: string): Authenticate {
  return (_mechanism, connection, ask, _user, _password, _token, callback) => {
    let ended = false;
    const end: typeof callback = (error, response) => {
      if (ended) return;
      ended = true;
      callback(error, response);
    };
    const guarded = ((on: Parameters<Ask>[0], bytes: Parameters<Ask>[1], next: Parameters<Ask>[2]) =>
      ask(on, bytes, (error, response) => {
        try {
          if (response !== undefined) checkRounds(response.authBytes);
          next?.(error, response);
        } catch (cause) {
          if (ended) throw cause;
          end(new AuthenticationError("the broker's answer is no SCRAM"), response);
        }
      })) as Ask;
    saslScramSha.authenticate(guarded, connection, algorithm, user, password, saslScramSha.defaultCrypto, end);
  };
}

function checkRounds(answer: Buffer): void {
  const rounds = /(?:^|,)i=(\d+)/.exec(answer.toString("latin1"))?.[1];
  if (rounds !== undefined && Number(rounds) > ITERATIONS_MAX) throw new AuthenticationError(`more than ${ITERATIONS_MAX} rounds`);
}
