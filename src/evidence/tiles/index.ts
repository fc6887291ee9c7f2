export { decodeBundle, encodeBundle } from './bundle.js';
export { hashInTiles, rootOfHashes, type ReadTile } from './hash-in-tile.js';
export { parseTilePath, TILE_HEIGHT, TILE_WIDTH, tilePath, tilesOf, tileWidth, type TileName } from './paths.js';
