import type { Command } from 'commander';
import { readSettings } from '../../app/config/settings.js';
import { EXIT } from '../exit-codes.js';
import { settingFlags, texts } from '../flags.js';
import { ProgressBar } from '../progress-bar.js';

const EXAMPLES = `
Examples:
  $ custody export --evidence audit-2026.tar --artifacts
  $ custody verify audit-2026.tar --key "$(cat the-key-you-know.vkey)"`;

export function registerExport(program: Command): void {
  settingFlags(program.command('export'), ['data', 'ledger'])
    .description(
      'write the log with its proofs into a folder or a .tar that anybody can verify; a server may run meanwhile',
    )
    .requiredOption('--evidence <folder|file.tar>', 'where to; nothing may be there yet')
    .option('--artifacts', 'with the bytes of all artifacts')
    .option('--json', 'print what was written as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async ({ evidence, artifacts, json, ...flags }: Record<string, string | boolean | undefined>) => {
      const settings = readSettings(process.env, texts(flags));
      const bar = new ProgressBar('exporting', process.stderr);
      const { exportEvidence } = await import('../../app/evidence/export-evidence.js');
      const target = String(evidence);
      const manifest = await exportEvidence(settings, {
        target,
        withArtifacts: artifacts === true,
        onProgress: (done, of) => bar.update(done, of),
      }).finally(() => bar.end());
      const { size, origin, root, keys } = manifest;
      if (json === true) {
        console.log(
          JSON.stringify({ evidence: target, origin, events: size, root, keys, artifacts: manifest.artifacts }),
        );
      } else {
        const with_ = manifest.artifacts ? ` and ${manifest.artifacts.files.toLocaleString('en')} artifacts` : '';
        console.log(`wrote ${size.toLocaleString('en')} events of ${origin}${with_} to ${target}`);
        console.log('give the key to whoever verifies it by another way than with the bundle:');
        for (const key of keys) console.log(`  ${key}`);
      }
      process.exitCode = EXIT.ok;
    });
}
