import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { WrongUsage } from './exit-codes.js';

/** Asks on the terminal; what is typed is not shown, unless it is no secret. The question goes to standard error, so that output can be piped. */
export function ask(question: string, typed: 'hidden' | 'shown' = 'hidden'): Promise<string> {
  const hidden = new Writable({ write: (_chunk, _encoding, done) => done() });
  const output = typed === 'shown' ? process.stderr : hidden;
  const reader = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 });
  process.stderr.write(question);
  return new Promise((resolve, reject) => {
    const done = (settle: () => void) => {
      reader.close();
      process.stderr.write('\n');
      settle();
    };
    reader.once('SIGINT', () => done(() => reject(new WrongUsage('no password was given'))));
    reader.question('', (line) => done(() => resolve(line)));
  });
}

let lines: AsyncIterator<string> | undefined;

/** The next line of standard input. @throws WrongUsage when there is none */
export async function stdinLine(): Promise<string> {
  lines ??= createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const next = await lines.next();
  if (next.done || next.value === '') throw new WrongUsage('standard input holds no password');
  return next.value;
}
