import { WrongUsage } from '../exit-codes.js';
import { ask, stdinLine } from '../secret-input.js';
import { ServerClient } from '../server-client.js';

interface Acceptance {
  readonly version: number;
  readonly text: string;
  readonly accepted: boolean;
  /** What a signature of this person's takes here and now. */
  readonly signing: { readonly password: boolean; readonly code: boolean; readonly oidc: boolean };
}

export interface Shown {
  readonly password: string;
  readonly code?: string;
}

const ACCEPTANCE = '/api/v1/users/me/signature-acceptance';

/**
 * What 21 CFR 11.200(a)(1) asks of every signature: the password, and the code where there is a second factor, given
 * anew, whatever the command signed in with. Whoever signs for the first time accepts before that it binds (11.100(c)).
 */
export async function signingDialog(client: ServerClient, fromStdin: boolean): Promise<Shown> {
  if (!fromStdin && !process.stdin.isTTY)
    throw new WrongUsage('there is nobody to ask: pipe the password, and the code on the next line, with --sign-stdin');
  const acceptance = await client.get<Acceptance>(ACCEPTANCE);
  const { signing, accepted } = acceptance;
  if (!signing.password)
    throw new WrongUsage('your account has no password: sign in a browser, with your OpenID provider');
  if (!accepted) await accept(client, acceptance, fromStdin);
  return components(signing.code, fromStdin, 'to sign');
}

async function components(withCode: boolean, fromStdin: boolean, why: string): Promise<Shown> {
  const password = fromStdin ? await stdinLine() : await ask(`your password, ${why}: `);
  if (!withCode) return { password };
  return { password, code: fromStdin ? await stdinLine() : await ask(`one-time code, ${why}: `) };
}

async function accept(client: ServerClient, { version, text, signing }: Acceptance, fromStdin: boolean): Promise<void> {
  console.error(`${text}\n`);
  if (fromStdin)
    throw new WrongUsage(
      'you have not accepted yet that your signatures bind: sign once at a terminal, where you can read it',
    );
  if ((await ask('type "accept" if you do: ', 'shown')) !== 'accept') throw new WrongUsage('nothing was signed');
  await client.post(ACCEPTANCE, { version, ...(await components(signing.code, false, 'to accept')) });
  if (signing.code) console.error('accepted; the signature takes the next one-time code');
}
