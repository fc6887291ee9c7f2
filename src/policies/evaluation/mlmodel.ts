import { parseDocument } from 'yaml';
import { SignatureEvidence } from './evidence.js';

export const MAX_MLMODEL_BYTES = 1024 * 1024;

export interface ModelDescription {
  readonly flavors: readonly string[];
  readonly signature?: SignatureEvidence;
}

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What MLflow's own description says of a model's flavors and signature; `undefined` when it can't be read. */
export function readMlmodel(bytes: Buffer): ModelDescription | undefined {
  try {
    const document = parseDocument(bytes.toString('utf8'), { version: '1.1', prettyErrors: false, logLevel: 'error' });
    const value: unknown = document.errors.length > 0 ? undefined : document.toJS({ maxAliasCount: 0 });
    if (!isFields(value)) return undefined;
    const flavors = isFields(value['flavors']) ? Object.keys(value['flavors']).sort() : [];
    const { signature } = value;
    if (!isFields(signature)) return { flavors };
    return { flavors, signature: { inputs: fieldsOf(signature['inputs']), outputs: fieldsOf(signature['outputs']) } };
  } catch (error) {
    // Nested deeper than the parser's stack, aliases, or a signature that is no JSON: nothing that can be relied on.
    if (error instanceof RangeError || error instanceof ReferenceError || error instanceof SyntaxError)
      return undefined;
    throw error;
  }
}

/** MLflow writes the lists of a signature as JSON in a text. */
function fieldsOf(text: unknown): readonly string[] {
  const list: unknown = typeof text === 'string' ? JSON.parse(text) : text;
  if (!Array.isArray(list)) return [];
  return list.filter(isFields).map(({ name, type }, index) => {
    const called = typeof name === 'string' ? name : `#${index}`;
    return `${called}: ${typeof type === 'string' ? type : 'object'}`;
  });
}
