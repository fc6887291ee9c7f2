import { WrongUsage } from './exit-codes.js';
import { ask, stdinLine } from './secret-input.js';

/** What a request says about who sends it, and what to tell somebody who is not let in with it. */
export interface Credentials {
  readonly header: Readonly<Record<string, string>>;
  readonly refused: string;
  /** There when they are a name and a password. */
  readonly signIn?: SignIn;
}

export interface SignIn {
  readonly login: string;
  readonly password: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The first of these that is there: `--username`, Custody's own variables, MLflow's. None is right for an open server. */
export async function credentialsOf(
  options: Readonly<Record<string, unknown>>,
  env: Environment = process.env,
): Promise<Credentials> {
  const named = options['username'] as string | undefined;
  const fromStdin = options['passwordStdin'] === true;
  if (named === undefined) {
    const { CUSTODY_TOKEN: own, MLFLOW_TRACKING_TOKEN: mlflow } = env;
    if (own) return bearer(own, 'CUSTODY_TOKEN');
    if (!env['CUSTODY_USERNAME'] && !env['MLFLOW_TRACKING_USERNAME'] && mlflow)
      return bearer(mlflow, 'MLFLOW_TRACKING_TOKEN');
  }
  const login = named ?? env['CUSTODY_USERNAME'] ?? env['MLFLOW_TRACKING_USERNAME'];
  if (!login) return NOBODY;
  return basic(login, fromStdin ? await stdinLine() : (passwordOf(login, env) ?? (await asked(login))));
}

/** A password belongs to the name that stands beside it; it is not tried with another one. */
function passwordOf(login: string, env: Environment): string | undefined {
  if (env['CUSTODY_PASSWORD'] && (env['CUSTODY_USERNAME'] ?? login) === login) return env['CUSTODY_PASSWORD'];
  return env['MLFLOW_TRACKING_USERNAME'] === login ? env['MLFLOW_TRACKING_PASSWORD'] || undefined : undefined;
}

function asked(login: string): Promise<string> {
  if (process.stdin.isTTY) return ask(`password of ${login}: `);
  throw new WrongUsage(`there is no password for ${login}: set CUSTODY_PASSWORD, or pipe it in with --password-stdin`);
}

const NOBODY: Credentials = {
  header: {},
  refused:
    'the server does not know you: put a token into CUSTODY_TOKEN, or sign in with CUSTODY_USERNAME and CUSTODY_PASSWORD',
};

const bearer = (token: string, variable: string): Credentials => ({
  header: { authorization: `Bearer ${token}` },
  refused: `the token in ${variable} is not right, or no longer valid; custody token create makes another`,
});

export const basic = (login: string, password: string): Credentials => ({
  header: { authorization: `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}` },
  refused: `login ${login} or its password is not right, or the account is disabled, or it has a second factor and needs a new --code`,
  signIn: { login, password },
});
