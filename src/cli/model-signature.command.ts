import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { WrongUsage } from './exit-codes.js';
import { ServerClient, ServerOptions, serverOptions } from './server-client.js';

const EXAMPLES = `
Examples:
  $ custody model-signature lims_contamination_detector 3 -o model.sig --key custody.pub
  $ mlflow artifacts download -u models:/lims_contamination_detector/3 -d model
  $ model_signing verify key model --signature model.sig --public_key custody.pub

The signature is an OpenSSF Model Signing bundle over all files of the version; the Python package model-signing
verifies it. Compare the public key with the one that you were given in person: this command takes it from the server.`;

type Flags = ServerOptions & { readonly output: string; readonly key?: string };

/** `custody model-signature`: the version's signature as a file, for tools that check it without the server. */
export function registerModelSignature(program: Command): void {
  serverOptions(program.command('model-signature <model> <version>'))
    .description('fetch the signature over the files of a model version')
    .requiredOption('-o, --output <file>', 'where to write the signature')
    .option('--key <file>', 'where to write the public key that it was signed with')
    .addHelpText('after', EXAMPLES)
    .action(fetchSignature);
}

async function fetchSignature(model: string, version: string, { output, key, ...options }: Flags): Promise<void> {
  if (!/^\d{1,18}$/.test(version)) throw new WrongUsage('the version must be a number, such as 3');
  const client = await ServerClient.of(options);
  const path = `/api/v1/models/${encodeURIComponent(model)}/versions/${version}/model.sig`;
  const bundle = await client.bytes(path);
  const { keyIdIn } = await import('../registry/index.js');
  const keyId = keyIdIn(bundle);
  const pem = key === undefined ? undefined : await client.bytes(`/api/v1/model-signing-keys/${String(keyId)}`);
  writeFileSync(output, bundle);
  if (pem) writeFileSync(key!, pem);
  console.log(`${output}: version ${version} of ${model}, signed with key ${String(keyId)}`);
}
