import { createHash } from 'node:crypto';

/** Which files a model is made of: their SHA-256 (lower-case hex) by path. The empty path is a model of one file. */
export type SignedFiles = ReadonlyMap<string, string>;

export interface ModelStatement {
  /** What the signature is about; for people, and for whoever asks that it be a certain version's. */
  readonly subject: string;
  /** SHA-256 over the digests of all files, in their order. */
  readonly digest: string;
  readonly files: SignedFiles;
  /** Paths that are not signed, with all that lies below them. */
  readonly ignored: readonly string[];
}

export const STATEMENT = 'https://in-toto.io/Statement/v1';
export const PREDICATE = 'https://model_signing/signature/v1.0';

/**
 * What the format's own tools leave out at the top of a model unless they are told otherwise (what git keeps
 * about a folder, and the signature itself), and the note that MLflow's client writes into a version that it
 * has downloaded. Were these signed, or not left out, no downloaded model would verify with those tools.
 */
export const IGNORED = [
  '.git',
  '.gitattributes',
  '.github',
  '.gitignore',
  'model.sig',
  'registered_model_meta',
] as const;

/** How the format names a model that is a single file. */
const WHOLE = '.';

export const signedName = (name: string, version: number): string => `${name}/${version}`;

export const isIgnored = (path: string, ignored: readonly string[]): boolean =>
  ignored.some((each) => path === each || path.startsWith(`${each}/`));

export function rootDigest(digests: Iterable<string>): string {
  const hash = createHash('sha256');
  for (const digest of digests) hash.update(Buffer.from(digest, 'hex'));
  return hash.digest('hex');
}

/** The in-toto statement as bytes: the same files of the same version are always the same bytes. */
export function statementOf(subject: string, files: SignedFiles): Buffer {
  const signed = [...files].filter(([path]) => !isIgnored(path, IGNORED)).sort(([a], [b]) => byParts(a, b));
  const statement = {
    _type: STATEMENT,
    subject: [{ name: subject, digest: { sha256: rootDigest(signed.map(([, digest]) => digest)) } }],
    predicateType: PREDICATE,
    predicate: {
      serialization: { method: 'files', hash_type: 'sha256', allow_symlinks: false, ignore_paths: IGNORED },
      resources: signed.map(([path, digest]) => ({ name: path === '' ? WHOLE : path, algorithm: 'sha256', digest })),
    },
  };
  return Buffer.from(JSON.stringify(statement));
}

/** Folder by folder, as the format orders them. */
function byParts(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const order = Buffer.compare(Buffer.from(left[index]!), Buffer.from(right[index]!));
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

interface Resource {
  readonly name?: unknown;
  readonly algorithm?: unknown;
  readonly digest?: unknown;
}
interface Claimed {
  readonly _type?: unknown;
  readonly predicateType?: unknown;
  readonly subject?: readonly { readonly name?: unknown; readonly digest?: { readonly sha256?: unknown } }[];
  readonly predicate?: {
    readonly serialization?: {
      readonly method?: unknown;
      readonly hash_type?: unknown;
      readonly allow_symlinks?: unknown;
      readonly ignore_paths?: readonly unknown[];
    };
    readonly resources?: readonly Resource[];
  };
}

const DIGEST = /^[0-9a-f]{64}$/;

/**
 * Reads a statement whose signature was found right: files, whole, by SHA-256, and nothing else.
 * @throws Error that says what is wrong with it
 */
export function readStatement(bytes: Buffer): ModelStatement {
  const claimed = JSON.parse(bytes.toString()) as Claimed;
  expect(claimed._type === STATEMENT, `it is no in-toto statement (${STATEMENT})`);
  expect(claimed.predicateType === PREDICATE, `it is no signature of a model (${PREDICATE})`);
  const [subject, ...others] = claimed.subject ?? [];
  expect(subject !== undefined && others.length === 0, 'it must be about one subject');
  const { serialization, resources } = claimed.predicate ?? {};
  const { method, hash_type: hash, allow_symlinks: links, ignore_paths: paths = [] } = serialization ?? {};
  expect(
    method === 'files' && hash === 'sha256' && links === false,
    'its files must be given by SHA-256, without links',
  );
  expect(Array.isArray(paths) && paths.every((path) => typeof path === 'string'), 'its list of ignored paths is none');
  expect(Array.isArray(resources), 'it has no list of files');
  const files = new Map<string, string>();
  for (const { name, algorithm, digest } of resources as readonly Resource[]) {
    expect(typeof name === 'string' && name !== '', 'a file has no name');
    expect(
      algorithm === 'sha256' && typeof digest === 'string' && DIGEST.test(digest),
      `${String(name)} has no SHA-256`,
    );
    const path = name === WHOLE ? '' : (name as string);
    expect(!files.has(path), `${String(name)} is in it twice`);
    files.set(path, digest as string);
  }
  const digest = rootDigest(files.values());
  expect(subject!.digest?.sha256 === digest, 'the digest of the whole does not fit its files');
  return { subject: String(subject!.name), digest, files, ignored: paths as readonly string[] };
}

function expect(holds: boolean, problem: string): void {
  if (!holds) throw new Error(problem);
}
