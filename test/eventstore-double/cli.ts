import { parseArgs } from 'node:util';
import { startControl } from './control.js';
import { startDouble } from './server.js';

/** `--file LOG [--port 2113] [--host 127.0.0.1] [--control PORT]`; a line on stdout says when it is ready. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      file: { type: 'string' },
      port: { type: 'string', default: '2113' },
      host: { type: 'string', default: '127.0.0.1' },
      control: { type: 'string' },
    },
  });
  if (values.file === undefined) throw new Error('--file is needed');
  const double = await startDouble({ file: values.file, port: Number(values.port), host: values.host });
  const control = values.control === undefined ? undefined : await startControl(double, Number(values.control));
  const told = control ? ` control http://127.0.0.1:${control.port}` : '';
  process.stdout.write(`listening on ${double.connectionString}${told}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      control?.server.close();
      void double.stop();
    });
  }
}
