import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { custodyCommand } from './custody.js';
import { PYTHON } from './python.js';

const TERMINAL = 'test/support/terminal.py';
const TIMEOUT_MS = 60_000;

/** One run of the command line at a real terminal, with somebody who answers what it asks. */
export async function atTerminal(
  args: readonly string[],
  given: Readonly<Record<string, string>>,
  steps: readonly (readonly [asked: string, typed: string])[],
): Promise<{ readonly screen: string; readonly code: number }> {
  const { argv, env } = custodyCommand(args, given);
  const { stdout } = await promisify(execFile)(PYTHON, [TERMINAL, JSON.stringify({ argv, steps })], {
    env,
    timeout: TIMEOUT_MS,
  });
  return JSON.parse(stdout) as { screen: string; code: number };
}
