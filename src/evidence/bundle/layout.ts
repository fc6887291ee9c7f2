/** Where things are in a bundle. `log/` is a C2SP tlog-tiles log of its own, which other people's programs read. */
export const LOG = 'log/';
export const LATEST = 'log/checkpoint';
export const CHECKPOINTS = 'checkpoints/';
export const ARTIFACTS = 'artifacts/';
export const MODELS = 'models/';

export const MAX_NOTE_BYTES = 1024 * 1024;
/** 256 entries of at most 65,535 bytes, each after its length. */
export const MAX_TILE_BYTES = 256 * (2 + 65_535);

export const segmentPath = (number: number): string => `events/${String(number).padStart(6, '0')}.ndjson`;
/** By size, so that a list of names is a list in order; several of one size are told apart. */
export const checkpointPath = (size: number, nth: number): string =>
  `${CHECKPOINTS}${String(size).padStart(12, '0')}${nth === 0 ? '' : `-${nth}`}.txt`;
export const artifactPath = (sha256: string): string => `${ARTIFACTS}${sha256}`;
/** Names of models may hold what no name of a file can. */
export const modelPath = (name: string, version: string): string =>
  `${MODELS}${encodeURIComponent(name)}/${version}/model.sig`;
