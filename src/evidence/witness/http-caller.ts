import { Answer, Caller } from './port.js';

const MAX_ANSWER = 64 * 1024;

/** Witnesses are named by whoever runs this server, in a file; nobody else chooses what is called. */
export const httpCaller: Caller = {
  async post(url, body, signal) {
    const headers = { 'content-type': 'text/plain; charset=utf-8' };
    const response = await fetch(url, { method: 'POST', body, headers, signal, redirect: 'manual' });
    const type = (response.headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase();
    return { status: response.status, type, body: await bounded(response) } satisfies Answer;
  },
};

async function bounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > MAX_ANSWER) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
