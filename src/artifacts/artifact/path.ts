import { errors } from '../../core/index.js';

const MAX_PATH_BYTES = 2048;
const MAX_SEGMENT_BYTES = 255;

/**
 * Control characters and line ends, which forge lines; what turns the direction of text, which makes `exe.txt` of
 * `txt.exe`; the byte order mark, which readers drop at the beginning of a text, so that two names become one.
 * Joiners and other invisible characters are part of how people write, emoji included, and stay.
 */
const DANGEROUS = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/u;

/**
 * A relative path with forward slashes, decoded exactly once by whoever took it from the wire. It never
 * becomes a name in our file system, but clients make folders from it, so nothing may climb, in any
 * spelling that some reader would decode once more. @throws CustodyError naming the field
 */
export function artifactPath(text: string, field = 'path'): string {
  const problem = problemOf(text);
  if (problem) throw errors.invalid('artifact-path-invalid', `Invalid artifact path ${quote(text)}: ${problem}`, field);
  return text;
}

/** The same, where nothing or a trailing slash stands for the root or a folder. */
export function artifactFolder(text: string | undefined, field = 'path'): string {
  const folder = (text ?? '').replace(/\/$/, '');
  return folder === '' ? '' : artifactPath(folder, field);
}

function problemOf(text: string): string | undefined {
  if (text === '') return 'it is empty';
  if (!text.isWellFormed()) return 'it is not well-formed Unicode';
  if (DANGEROUS.test(text)) return 'it holds a control character, or one that turns the direction of text';
  if (Buffer.byteLength(text) > MAX_PATH_BYTES) return `it is longer than ${MAX_PATH_BYTES} bytes`;
  if (/%(?:[0-9a-f]{2}|u[0-9a-f]{4})/i.test(text)) return 'it is percent-encoded more than once';
  if (text.includes('#')) return "it holds '#'";
  // Full-width dots and slashes count as what they become when somebody normalises them.
  for (const spelling of new Set([text, text.normalize('NFKC')])) {
    const problem = structureProblem(spelling);
    if (problem) return problem;
  }
  return undefined;
}

function structureProblem(text: string): string | undefined {
  if (text.includes('\\')) return 'it holds a backslash; folders are separated by /';
  if (text.startsWith('/')) return 'it is absolute';
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) return 'it begins like a drive or a URI';
  for (const segment of text.split('/')) {
    if (segment === '') return 'it holds an empty segment';
    if (segment === '.' || segment === '..') return `it holds the segment '${segment}'`;
    // Windows drops them at the end of a name, so `.. ` climbs there; `a.` only loses its dot.
    if (/^[. ]+$/.test(segment)) return 'a segment is nothing but dots and spaces';
    if (Buffer.byteLength(segment) > MAX_SEGMENT_BYTES) return `a segment is longer than ${MAX_SEGMENT_BYTES} bytes`;
  }
  return undefined;
}

/** Folders around a path, outermost first: `a/b/c` has `a` and `a/b`. */
export function foldersAround(path: string): readonly string[] {
  const segments = path.split('/');
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join('/'));
}

const quote = (text: string): string => JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
