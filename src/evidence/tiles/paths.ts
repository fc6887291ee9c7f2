/** Hashes of a full tile, and entries of a full bundle (C2SP tlog-tiles). */
export const TILE_WIDTH = 256;
/** Levels of the tree that one level of tiles covers. */
export const TILE_HEIGHT = 8;
const MAX_LEVEL = 63;

/** A tile of hashes, or a bundle of entries. Less than full at the right edge only. */
export interface TileName {
  readonly level: number | 'entries';
  readonly number: number;
  /** 1 to 256. */
  readonly width: number;
}

/** `tile/0/x001/x234/067.p/12` */
export function tilePath({ level, number, width }: TileName): string {
  const digits = String(number);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g)!;
  const parts = groups.map((group, index) => (index < groups.length - 1 ? `x${group}` : group));
  return `tile/${level}/${parts.join('/')}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

/** The only path of each tile; `undefined` for any other text. */
export function parseTilePath(path: string): TileName | undefined {
  const match = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path);
  if (!match) return undefined;
  const level = match[1] === 'entries' ? ('entries' as const) : Number(match[1]);
  const name = { level, number: Number(match[2]!.replace(/[x/]/g, '')), width: Number(match[3] ?? TILE_WIDTH) };
  const known = level === 'entries' || level <= MAX_LEVEL;
  const sound = known && Number.isSafeInteger(name.number) && name.width >= 1 && name.width <= TILE_WIDTH;
  return sound && tilePath(name) === path ? name : undefined;
}

/** How many hashes (or, at level 0, entries) a tile has in a tree of that size. 0: it is not there. */
export function tileWidth(level: number, number: number, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** level);
  return Math.min(TILE_WIDTH, Math.max(0, hashes - number * TILE_WIDTH));
}

/** All hash tiles and entry bundles of a tree, the partial ones last on their level. */
export function* tilesOf(size: number): Generator<TileName> {
  for (const number of numbers(size)) yield { level: 'entries', number, width: tileWidth(0, number, size) };
  for (let level = 0, hashes = size; hashes > 0; level++, hashes = Math.floor(hashes / TILE_WIDTH)) {
    for (const number of numbers(hashes)) yield { level, number, width: tileWidth(level, number, size) };
  }
}

function* numbers(hashes: number): Generator<number> {
  for (let number = 0; number * TILE_WIDTH < hashes; number++) yield number;
}
