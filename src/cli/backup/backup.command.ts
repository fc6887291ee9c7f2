import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { readSettings } from '../../app/config/settings.js';
import { EXIT, WrongUsage } from '../exit-codes.js';
import { settingFlags, texts } from '../flags.js';
import { ProgressBar } from '../progress-bar.js';
import { askedToStop } from '../signals.js';

const EXAMPLES = `
Examples:
  $ custody backup /backup/custody --keys /safe/custody-keys     beside a running server; again and again into the same folder
  $ custody backup verify /backup/custody                        the latest one there; a backup's own folder: that one
  $ custody restore /backup/custody --data /var/lib/custody-new --keys /safe/custody-keys

Each backup is whole by itself and has a folder of its own; artifacts that are there already are not copied again.
sha256sum --check SHA256SUMS in a backup's folder needs nothing of Custody's.`;

type Flags = Readonly<Record<string, string | boolean | undefined>>;

export function registerBackup(program: Command): void {
  const command = settingFlags(program.command('backup'), ['data', 'ledger'])
    .description('copy the data folder to another place, also while servers write to it')
    .argument('[folder]', 'where the backups are kept')
    .option('--keys <folder>', 'copy the keys as well, to this other place')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (folder: string | undefined, { json, keys, ...flags }: Flags) => {
      if (folder === undefined) throw new WrongUsage('name the folder where the backups are kept');
      process.exitCode = await backup(resolve(folder), keys as string | undefined, flags, json === true);
    });
  command
    .command('verify <folder>')
    .description('read a backup, every file of it, and say what is wrong; the latest of those in a folder')
    .action(async (folder: string, _flags: Flags, { parent }: Command) => {
      process.exitCode = await verify(resolve(folder), parent?.opts()['json'] === true);
    });
}

async function backup(folder: string, keys: string | undefined, flags: Flags, json: boolean): Promise<number> {
  const settings = readSettings(process.env, texts(flags));
  const [{ backUp }, { copyKeys }, { layout }] = await Promise.all([
    import('../../app/backup/back-up.js'),
    import('../../app/backup/keys.js'),
    import('../../app/layout.js'),
  ]);
  const abort = new AbortController();
  void askedToStop().then(() => abort.abort());
  const bars = { log: new ProgressBar('log', process.stderr), artifacts: new ProgressBar('artifacts', process.stderr) };
  const started = performance.now();
  try {
    const made = await backUp(settings, folder, {
      version: version(),
      onProgress: ({ step, done, of }) => bars[step].update(done, of),
      signal: abort.signal,
    });
    // After it: nobody whose data is in the copy of the log lacks a key.
    if (keys !== undefined) await copyKeys(layout(settings).keys, resolve(keys), folder);
    Object.values(bars).forEach((bar) => bar.end());
    const { manifest, newArtifacts } = made;
    const seconds = (performance.now() - started) / 1000;
    const digest = createHash('sha256')
      .update(readFileSync(join(made.folder, 'manifest.json')))
      .digest('hex');
    if (json)
      console.log(
        JSON.stringify({ folder: made.folder, manifest_sha256: digest, new_artifacts: newArtifacts, ...manifest }),
      );
    else {
      console.log(
        `${made.folder}: ${manifest.log.events} events (${size(manifest.log.bytes)}), ${manifest.artifacts.files} artifacts (${size(manifest.artifacts.bytes)}, ${newArtifacts} of them new), ${seconds.toFixed(1)} s`,
      );
      console.log(`manifest: ${digest}`);
    }
    if (manifest.artifacts.elsewhere !== undefined)
      console.error(`the artifacts are in ${manifest.artifacts.elsewhere}, and not in the backup: back them up there`);
    if (keys === undefined)
      console.error(
        'the keys are not in the backup: without them nobody can read names, and nobody can sign in. Copy them to another place with --keys',
      );
    for (const sha256 of manifest.damaged)
      console.error(`artifact ${sha256} is damaged in the data folder itself, and not in the backup`);
    return manifest.damaged.length > 0 ? EXIT.data : EXIT.ok;
  } catch (error) {
    Object.values(bars).forEach((bar) => bar.end());
    if (!abort.signal.aborted) throw error;
    console.error('stopped; the next backup goes on with the artifacts that were copied');
    return EXIT.unavailable;
  } finally {
    process.disconnect?.();
  }
}

async function verify(folder: string, json: boolean): Promise<number> {
  const { verifyBackup } = await import('../../app/backup/verify-backup.js');
  const bar = new ProgressBar('verifying', process.stderr);
  const found = await verifyBackup(folder, (done, of) => bar.update(done, of));
  bar.end();
  if (json) console.log(JSON.stringify(found));
  else if (found.problems.length === 0)
    console.log(
      `${found.folder} is whole: ${found.manifest!.log.events} events, ${found.files} files (${size(found.bytes)})`,
    );
  else for (const problem of found.problems) console.error(`${found.folder}: ${problem}`);
  return found.problems.length === 0 ? EXIT.ok : 1;
}

const size = (bytes: number): string =>
  bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;

const version = (): string =>
  (JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string }).version;
