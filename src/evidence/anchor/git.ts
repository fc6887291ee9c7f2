import { execFile, type ExecFileException } from 'node:child_process';
import { AnchorError } from './anchor.js';

/**
 * Runs the git program with these arguments, never through a shell. Nobody is there to answer a question, so it
 * asks none; and of the machine's configuration only what is needed to reach the remote is left.
 */
export function git(folder: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  const env = {
    ...process.env,
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'true',
    GIT_SSH_COMMAND: process.env['GIT_SSH_COMMAND'] ?? 'ssh -o BatchMode=yes',
    // A hook or a helper that asks for a program by URL (ext::sh …) would be a shell after all.
    GIT_ALLOW_PROTOCOL: 'file:ssh:https:http:git',
    LC_ALL: 'C',
  };
  const fixed = ['-c', 'core.hooksPath=/dev/null', '-c', 'commit.gpgSign=false', '-c', 'gc.auto=0'];
  return new Promise((resolve, reject) => {
    const options = { cwd: folder, env, signal, maxBuffer: 1 << 20, encoding: 'utf8' } as const;
    execFile('git', [...fixed, ...args], options, (error, stdout, stderr) => {
      if (!error) resolve(stdout);
      else reject(new AnchorError(reasonOf(error, args[0]!, stderr, signal)));
    });
  });
}

function reasonOf(error: ExecFileException, command: string, stderr: string, signal: AbortSignal): string {
  if (error.code === 'ENOENT') return 'the git program is not installed here';
  if (signal.aborted) return `git ${command} did not end in time`;
  // What git says of a remote may hold its password.
  const said = stderr
    .replace(/\/\/[^/@\s]+@/g, '//')
    .trim()
    .split('\n')
    .slice(-3)
    .join(' | ');
  return `git ${command} failed: ${said.slice(0, 300)}`;
}
