import { median } from '../report.mjs';

/** Aims for where something is written; where something is read it is to be ahead. */
const AIMS = { writes: { MLflow: 30, FastTrackML: 5 }, reads: { MLflow: 1, FastTrackML: 1 } };

/** A peer that stumbles now and then is measured by what it does answer; we may not fail a single request. */
const MOST_FAILURES = { Custody: 0, MLflow: 0.01, FastTrackML: 0.01 };

/** One row a scenario. A server that failed more than it may has no figures in it. */
export function toRow({ name, writes }, rounds) {
  const servers = Object.fromEntries(
    Object.entries(rounds).map(([server, taken]) => [server, summary(taken, MOST_FAILURES[server])]),
  );
  const { Custody: ours, ...peers } = servers;
  const ratios = Object.fromEntries(
    Object.entries(peers).map(([server, theirs]) => {
      const aim = AIMS[writes ? 'writes' : 'reads'][server];
      if (ours.failed || theirs.failed) return [server, { aim }];
      const ratio = median(rounds.Custody.map(({ rate }, round) => rate / rounds[server][round].rate));
      return [server, { ratio, aim, kept: ratio >= aim }];
    }),
  );
  return { what: name, writes, servers, ratios };
}

function summary(taken, most) {
  const failures = taken.reduce((sum, each) => sum + each.failures, 0);
  const refusal = taken.find((each) => each.refusal)?.refusal;
  const failed = taken.some((each) => each.answers === 0 || each.failures > each.answers * most);
  if (failed) return { failed, failures, refusal };
  return {
    failed,
    failures,
    refusal,
    requests_per_second: median(taken.map((each) => each.rate)),
    p50_ms: median(taken.map((each) => each.p50)),
    p99_ms: median(taken.map((each) => each.p99)),
  };
}

const number = (value) => value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 1 : 0 });
const rate = (server) => (server.failed ? 'failed' : number(server.requests_per_second));
const times = (server) => (server.failed ? '' : `${server.p50_ms} / ${server.p99_ms}`);
const ratio = ({ ratio: value, kept, aim }) => {
  if (value === undefined) return '';
  const aimed = aim === 1 ? 'ahead' : `≥ ${aim} ×`;
  return `${number(value)} ×${kept ? '' : ` (aim: ${aimed})`}`;
};

export function printPeers({ servers, rows }) {
  console.log('');
  for (const { name, version, processes, authentication, journal, synchronous } of servers)
    console.log(
      `${name} ${version}: ${processes}, authentication: ${authentication}; SQLite journal ${journal}, synchronous ${synchronous}`,
    );
  const names = servers.map(({ name }) => name);
  const lines = rows.map(({ what, servers: measured, ratios }) => [
    what,
    ...names.flatMap((name) => [rate(measured[name]), times(measured[name])]),
    ...Object.values(ratios).map(ratio),
  ]);
  const head = [
    'requests/s, p50 / p99 ms',
    ...names.flatMap((name) => [name, 'ms']),
    ...names.slice(1).map((name) => `to ${name}`),
  ];
  printColumns([head, ...lines]);
  for (const { what, servers: measured } of rows)
    for (const [name, { failures, refusal }] of Object.entries(measured))
      if (refusal !== undefined)
        console.log(`${what}: ${name} failed ${number(failures)} requests, the first with: ${oneLine(refusal)}`);
}

const oneLine = (text) => text.replace(/\s+/g, ' ').slice(0, 120);

function printColumns(table) {
  const widths = table[0].map((_, column) => Math.max(...table.map((line) => line[column].length)));
  console.log('');
  for (const [index, line] of table.entries()) {
    const cells = line.map((cell, column) => cell.padEnd(widths[column]));
    console.log(cells.join('  ').trimEnd());
    if (index === 0) console.log(widths.map((width) => '─'.repeat(width)).join('  '));
  }
}
