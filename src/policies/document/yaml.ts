import { Document, isMap, isNode, isScalar, LineCounter, Node, Pair, parseDocument, visit } from 'yaml';

/** Something wrong in a policy's text, where it is, and what would be right. */
export interface Problem {
  readonly line: number;
  readonly column: number;
  /** `gates[2].metrics[0].at_least`; empty for the whole text. */
  readonly field: string;
  readonly message: string;
}

export const MAX_POLICY_BYTES = 64 * 1024;
const MAX_DEPTH = 20;
const TOO_DEEP = `it is nested deeper than ${MAX_DEPTH} levels`;

export type Path = readonly (string | number)[];

export const fieldOf = (path: Path): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  );

/** A text in YAML as a value, which also tells where each field stands. */
export interface Located {
  readonly value: unknown;
  /** The line of a field; of what is around it, when it is not there. */
  readonly at: (path: Path, key?: string) => { readonly line: number; readonly column: number };
}

/**
 * YAML 1.2 with the core schema: `No` is a text, as in `PHI_Included: [No]`. What would make the text mean
 * something else than it shows (anchors, aliases, tags, merged or repeated keys, a second document) is refused.
 */
export function readYaml(text: string): Located | readonly Problem[] {
  try {
    return read(text);
  } catch (error) {
    // The parser descends with the text; what it has no stack for is no policy.
    if (error instanceof RangeError) return [{ ...START, message: TOO_DEEP }];
    throw error;
  }
}

function read(text: string): Located | readonly Problem[] {
  const lines = new LineCounter();
  const where = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (Buffer.byteLength(text) > MAX_POLICY_BYTES)
    return [
      { ...START, message: `a policy has at most ${MAX_POLICY_BYTES} bytes; this has ${Buffer.byteLength(text)}` },
    ];
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    uniqueKeys: true,
    strict: true,
    prettyErrors: false,
    logLevel: 'error',
    lineCounter: lines,
  });
  const broken = [...document.errors, ...document.warnings].map(({ pos, message }) => ({
    ...where(pos[0]),
    field: '',
    message: `this is no YAML: ${message}`,
  }));
  const problems = broken.length > 0 ? broken : surprises(document, where);
  if (problems.length > 0) return problems.slice(0, 20);
  return { value: document.toJS({ maxAliasCount: 0 }), at: (path, key) => where(offsetOf(document, path, key)) };
}

const START = { line: 1, column: 1, field: '' };

function surprises(
  document: Document,
  where: (offset: number) => { line: number; column: number },
): readonly Problem[] {
  const found: Problem[] = [];
  const add = (node: Node, message: string) => void found.push({ ...where(node.range?.[0] ?? 0), field: '', message });
  visit(document, {
    Alias: (_, node) => add(node, `an alias (*${node.source}) is not allowed here: write the value out`),
    Node: (_, node, path) => {
      // Each level is a node and, in a map, a pair around it.
      if (path.length > 2 * MAX_DEPTH) {
        add(node, TOO_DEEP);
        return visit.BREAK;
      }
      if ('anchor' in node && node.anchor) add(node, `an anchor (&${node.anchor}) is not allowed here`);
      if (isNode(node) && node.tag !== undefined && !node.tag.startsWith('tag:yaml.org,2002:'))
        add(node, `a tag (${node.tag}) is not allowed here`);
      return undefined;
    },
    Pair: (_, pair) => {
      if (!isScalar(pair.key) || typeof pair.key.value !== 'string')
        add(
          isNode(pair.key) ? pair.key : document.contents!,
          'a field’s name is a plain text; put it in quotation marks',
        );
      else if (pair.key.value === '__proto__') add(pair.key, '__proto__ is no field');
    },
  });
  return found;
}

/** Of a field's name where it has one, so that the line is the one where somebody looks for it. */
function offsetOf(document: Document, path: Path, key?: string): number {
  if (key !== undefined) {
    const map = path.length === 0 ? document.contents : document.getIn(path, true);
    const pair = isMap(map) ? map.items.find((each) => isScalar(each.key) && each.key.value === key) : undefined;
    if (pair) return startOf(pair.key);
  }
  for (let length = path.length; length > 0; length--) {
    const last = path[length - 1];
    const parent: unknown = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const pair: Pair | undefined = isMap(parent)
      ? parent.items.find((each) => isScalar(each.key) && each.key.value === last)
      : undefined;
    if (pair) return startOf(pair.key);
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return startOf(document.contents);
}

const startOf = (node: unknown): number => (isNode(node) ? (node.range?.[0] ?? 0) : 0);
