import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { readSettings } from '../../app/config/settings.js';
import { EXIT, WrongUsage } from '../exit-codes.js';
import { ProgressBar } from '../progress-bar.js';
import { reportText } from './report-text.js';

/** Something is wrong with the evidence; every other code says that it could not be looked at. */
const WRONG = 1;

interface Flags {
  readonly key?: readonly string[];
  readonly checkpoint?: readonly string[];
  readonly artifacts?: string;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  $ custody verify audit-2026.tar --key "custody.local/1f2e…+4f6a9c01+AQ…" --checkpoint kept-last-year.txt
  $ custody verify ./custody-data
  $ custody verify copy-of-log.db --key lab.vkey --checkpoint lab-checkpoint.txt --artifacts ./artifacts

A key given with --key (itself, or a file with one a line) comes from you; one inside the bundle is only a
convenience, since whoever alters a bundle can alter it too. Exit codes: 0 all holds, 1 something is wrong,
65 not a bundle, a log or a data folder.`;

export function registerVerify(program: Command): void {
  program
    .command('verify')
    .argument('<bundle|log.db|data folder>', 'what to verify')
    .description('verify offline that nothing in a log was changed: hashes, order, signatures, artifacts, read models')
    .option('--key <vkey...>', "a key of the log that you know, or a witness's: itself, or a file of them")
    .option('--checkpoint <file...>', 'a checkpoint that you kept from an earlier time, or got from a witness')
    .option('--artifacts <folder>', 'the artifacts, if they are not in the bundle')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, flags: Flags) => {
      process.exitCode = await verify(path, flags);
    });
}

async function verify(path: string, { key = [], checkpoint = [], artifacts, json }: Flags): Promise<number> {
  const { parseVkey, NoteError } = await import('../../evidence/index.js');
  const { NotABundle } = await import('../../evidence/bundle/index.js');
  const keys = key.flatMap(vkeysIn).map((vkey) => {
    try {
      return parseVkey(vkey);
    } catch (error) {
      if (error instanceof NoteError) throw new WrongUsage(`--key: ${error.message}`);
      throw error;
    }
  });
  const checkpoints = checkpoint.map((file) => ({ label: file, note: readFileSync(file) }));
  const bar = new ProgressBar('verifying', process.stderr);
  const { verifyTarget } = await import('../../app/evidence/verify-target.js');
  try {
    const report = await verifyTarget({
      path,
      options: { keys, checkpoints, onProgress: (done, of) => bar.update(done, of) },
      artifacts,
      settingsOf: (data) => readSettings(process.env, { data }),
    });
    bar.end();
    if (json === true) console.log(JSON.stringify(report));
    else for (const line of reportText(report)) console.log(line);
    return report.holds ? EXIT.ok : WRONG;
  } catch (error) {
    bar.end();
    if (!(error instanceof NotABundle)) throw error;
    if (json === true) console.log(JSON.stringify({ holds: false, problem: error.message }));
    console.error(`custody: ${error.message}`);
    return EXIT.data;
  }
}

/** A key has plus signs, and a file of keys has one a line. */
function vkeysIn(text: string): readonly string[] {
  if (/^[^+]+\+[0-9a-f]{8}\+/.test(text)) return [text];
  const lines = readFileSync(text, 'utf8').split('\n');
  return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
}
