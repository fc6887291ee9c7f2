import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { PolicyLog, WitnessingLog } from '../../evidence/index.js';
import { EXIT, WrongUsage } from '../exit-codes.js';
import { askedToStop, endWithin } from '../signals.js';

export interface WitnessFlags {
  readonly data: string;
  readonly name?: string;
  readonly logs?: string;
  readonly log?: readonly string[];
  readonly host: string;
  readonly port: string;
  readonly prefix: string;
  readonly requestsPerMinute: string;
}

export const witnessFiles = (data: string) => ({
  key: join(resolve(data), 'witness-key'),
  store: join(resolve(data), 'witness.db'),
});

const STOP_MS = 5000;

export async function serveWitness(flags: WitnessFlags): Promise<number> {
  const stop = askedToStop();
  const { witnessKey, WitnessServer, WitnessStore } = await import('../../evidence/index.js');
  const logs = await trustedLogs(flags);
  const options = {
    host: flags.host,
    port: whole(flags.port, 'port', 0, 65_535),
    prefix: prefixOf(flags.prefix),
    requestsPerMinute: whole(flags.requestsPerMinute, 'requests-per-minute', 1, 1_000_000),
  };
  mkdirSync(resolve(flags.data), { recursive: true, mode: 0o700 });
  const signer = witnessKey(witnessFiles(flags.data).key, flags.name, () => Math.floor(Date.now() / 1000));
  const store = WitnessStore.open(witnessFiles(flags.data).store);
  try {
    const server = await WitnessServer.listen({ ...options, logs, signer, store, log: lineLog });
    console.log(`witness ${signer.vkey}`);
    console.log(`watching ${[...new Set(logs.map(({ origin }) => origin))].join(', ')}`);
    console.log(`listening on ${server.url}`);
    process.send?.({ kind: 'ready', url: server.url });
    console.log(`stopping (${await stop})`);
    endWithin(STOP_MS);
    await server.stop();
  } finally {
    store.close();
  }
  process.disconnect?.();
  return EXIT.ok;
}

/** Of the file, and of the flags. */
async function trustedLogs({ logs: file, log = [] }: WitnessFlags): Promise<readonly PolicyLog[]> {
  const { parseTrustedLogs, PolicyError } = await import('../../evidence/index.js');
  const parse = (bytes: Buffer, from: string) => {
    try {
      return parseTrustedLogs(bytes);
    } catch (error) {
      if (error instanceof PolicyError) throw new WrongUsage(`${from}: ${error.message}`);
      throw error;
    }
  };
  const logs = [
    ...(file === undefined ? [] : parse(readFileSync(file), file)),
    ...log.flatMap((vkey) => parse(Buffer.from(`log ${vkey}\n`), '--log')),
  ];
  if (logs.length === 0) throw new WrongUsage('no log to watch: give its public key with --log, or a file with --logs');
  return logs;
}

function whole(text: string, flag: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new WrongUsage(`--${flag} must be a whole number from ${least} to ${most}`);
}

function prefixOf(text: string): string {
  if (/^(\/[A-Za-z0-9._~-]+)*\/?$/.test(text)) return text.replace(/\/$/, '');
  throw new WrongUsage('--prefix must be a path like /witness');
}

/** One JSON object a line, as the server writes its log. */
const write = (level: string) => (facts: object, msg: string) =>
  console.log(JSON.stringify({ level, time: new Date().toISOString(), ...facts, msg }));
const lineLog: WitnessingLog = { info: write('info'), warn: write('warn'), error: write('error') };
