// npm run bench: what the budgets in docs/operations.md are measured with. Every figure that is judged is
// a ratio of two measurements of this one run, taken in turn; absolute figures belong to the machine.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { appends } from './appends.mjs';
import { credentials } from './credentials.mjs';
import { evidence } from './evidence.mjs';
import { logMetric } from './log-metric.mjs';
import { peers } from './peers/peers.mjs';
import { printPeers } from './peers/report.mjs';
import { rebuild } from './rebuild.mjs';
import { printTable } from './report.mjs';
import { rollback } from './rollback.mjs';
import { search } from './search.mjs';

const quick = process.argv.includes('--quick');
const scale = quick ? 0.1 : 1;
const only = process.argv.find((each) => each.startsWith('--only='))?.slice('--only='.length);
const parts = { appends, 'log-metric': logMetric, credentials, rebuild, search, rollback };
const parts = { appends, 'log-metric': logMetric, credentials, rebuild, search, evidence };

const progress = (line) => process.stderr.write(`${line}\n`);
const result = {
  at: new Date().toISOString(),
  node: process.version,
  cpus: cpus().length,
  cpu: cpus()[0]?.model,
  quick,
};
if (process.argv.includes('--peers')) {
  Object.assign(result, await peers({ quick, only, progress }));
  printPeers(result);
  save('peers');
} else {
  result.rows = [];
  for (const [name, measure] of Object.entries(parts)) {
    if (only && only !== name) continue;
    progress(`measuring ${name} …`);
    result.rows.push(...(await measure(scale)));
  }
  printTable(result.rows);
  save('latest');
}

function save(name) {
  const file = `bench/results/${name}.json`;
  mkdirSync('bench/results', { recursive: true });
  writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
  if (process.argv.includes('--json')) console.log(JSON.stringify(result));
  else console.log(`\nas JSON: ${file}`);
}
