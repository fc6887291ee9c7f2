import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryFolder {
  readonly name: string;
  path(file: string): string;
  remove(): void;
}

export function temporaryFolder(): TemporaryFolder {
  const name = mkdtempSync(join(tmpdir(), 'custody-ledger-'));
  return { name, path: (file) => join(name, file), remove: () => rmSync(name, { recursive: true, force: true }) };
}
