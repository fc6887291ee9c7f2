import { readFileSync } from 'node:fs';

export const CODE_FOLDER = 'code';
/** The Python package that MLflow imports; it lies in `python/` beside this file, in the sources as in the build. */
export const LOADER_MODULE = 'custody_forest';

const MODULES = ['__init__.py', 'forest.py'];

/** What is packed into a model, so that it can be loaded where nothing of Custody is installed. */
export function codeFiles(): Readonly<Record<string, Uint8Array>> {
  const folder = new URL(`./python/${LOADER_MODULE}/`, import.meta.url);
  return Object.fromEntries(
    MODULES.map((name) => [`${CODE_FOLDER}/${LOADER_MODULE}/${name}`, readFileSync(new URL(name, folder))]),
  );
}
