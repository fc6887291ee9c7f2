import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { EXIT, WrongUsage } from '../exit-codes.js';
import { printList, time } from '../output.js';
import { serveWitness, witnessFiles, type WitnessFlags } from './serve-witness.js';

const dataOption = () =>
  new Option('--data <folder>', 'the witness’s folder: its key, and what it has seen').default('./custody-witness');

export function registerWitness(program: Command): void {
  const witness = program
    .command('witness')
    .description('watch the logs of others: cosign that each only ever grows (C2SP tlog-witness)');
  registerWitnessServe(witness);
  witness
    .command('key')
    .description('print the witness’s public key, for the policies of logs and auditors; makes it where there is none')
    .addOption(dataOption())
    .option('--name <name>', 'name of the witness, like lab-b.example/witness; needed once, to make the key')
    .action(async ({ data, name }: { data: string; name?: string }) => {
      const { witnessKey } = await import('../../evidence/index.js');
      console.log(witnessKey(witnessFiles(data).key, name, () => 0).vkey);
    });
  witness
    .command('list')
    .description('show the logs that this witness has cosigned, and checkpoints that it refused')
    .addOption(dataOption())
    .option('--disputes', 'only the refused checkpoints that their logs had signed')
    .option('--json', 'one JSON object a line')
    .action(async (flags: ListFlags) => {
      process.exitCode = await list(flags);
    });
}

function registerWitnessServe(witness: Command): void {
  witness
    .command('serve')
    .description('start the witness')
    .addOption(dataOption())
    .option('--name <name>', 'name of the witness, like lab-b.example/witness; needed at the first start')
    .option('--logs <file>', 'the logs to watch, a line each: log <vkey>')
    .option('--log <vkey...>', 'a log to watch, by its public key; again for each key')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 takes a free one', '7380')
    .option('--prefix <path>', 'what stands before /add-checkpoint in the path', '')
    .option('--requests-per-minute <number>', 'of one address; what is more is answered 429', '600')
    .addHelpText(
      'after',
      '\nExample:\n  $ custody witness serve --name lab-b.example/witness --log "$(cat lab-a.vkey)" --host 0.0.0.0',
    )
    .action(async (flags: WitnessFlags) => {
      process.exitCode = await serveWitness(flags);
    });
}

interface ListFlags {
  readonly data: string;
  readonly disputes?: boolean;
  readonly json?: boolean;
}

async function list({ data, disputes = false, json = false }: ListFlags): Promise<number> {
  const { WitnessStore } = await import('../../evidence/index.js');
  const file = witnessFiles(data).store;
  if (!existsSync(file)) throw new WrongUsage(`no witness has been started in ${resolve(data)}`);
  const store = WitnessStore.open(file, { readonly: true });
  const iso = (ms: number) => new Date(ms).toISOString();
  try {
    if (disputes) {
      printList(
        store.disputes().map((dispute) => ({ ...dispute, at: iso(dispute.at) })),
        {
          json,
          head: ['log', 'entries', 'at', 'why'],
          row: ({ origin, size, at, words }) => [origin, String(size), time(at), words],
          none: 'no log has contradicted itself',
        },
      );
    } else {
      printList(
        store.logs().map((log) => ({ ...log, firstAt: iso(log.firstAt), lastAt: iso(log.lastAt) })),
        {
          json,
          head: ['log', 'entries', 'root', 'last cosigned', 'cosigned', 'disputes'],
          row: (log) => [
            log.origin,
            String(log.size),
            log.root.slice(0, 16),
            time(log.lastAt),
            String(log.cosigned),
            String(log.disputes),
          ],
          none: 'nothing has been cosigned yet',
        },
      );
    }
  } finally {
    store.close();
  }
  return EXIT.ok;
}
