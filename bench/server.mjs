import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A server of its own process on any free port, without request logs. */
export const serve = (data, options, more = []) =>
  start(
    fileURLToPath(new URL('../dist/cli/main.js', import.meta.url)),
    ['serve', '--port', '0', '--data', data, '--log-level', 'error', ...more],
    options,
  );

/** The yardstick: the same framework, with a handler that does nothing. */
export const emptyHandler = () => start(fileURLToPath(new URL('./empty-handler.mjs', import.meta.url)), []);

export function start(file, args, options = {}) {
  const child = fork(file, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], ...options });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const stop = () => {
    child.kill('SIGTERM');
    return gone;
  };
  return new Promise((resolve, reject) => {
    child.once('message', (ready) => resolve({ ready, stop }));
    gone.then((code) => reject(new Error(`${file} ended with ${code}`)));
  });
}

export const basic = (login, password) => `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`;

export const ANALYST = { login: 'bench', password: 'bench password 2' };

/** The administrator of the first start makes an analyst with a token. */
export async function signIn({ url, firstStart }) {
  const { login, oneTimePassword } = firstStart;
  const password = (current, next, as) => call(url, as, '/api/v1/users/me/password', { current, new: next });
  await password(oneTimePassword, 'bench password 1', basic(login, oneTimePassword));
  const analyst = await call(url, basic(login, 'bench password 1'), '/api/v1/users', {
    login: ANALYST.login,
    display_name: 'Bench',
    roles: ['analyst'],
    reason: 'the bench',
    identity_verified: 'known to the bench',
  });
  await password(analyst.one_time_password, ANALYST.password, basic(ANALYST.login, analyst.one_time_password));
  const own = basic(ANALYST.login, ANALYST.password);
  const { token } = await call(url, own, '/api/v1/tokens', { label: 'bench' });
  return `Bearer ${token}`;
}

/** A body makes it a POST. */
export async function call(url, authorization, path, body) {
  const response = await fetch(url + path, {
    method: body === undefined ? 'GET' : 'POST',
    body: body === undefined ? undefined : JSON.stringify(body),
    headers: {
      ...(authorization && { authorization }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}
