/**
 * The block index: for each term (an actor, an action, a thing) the blocks of consecutive events that
 * hold one with it. A query intersects the blocks of its filters and reads only those, event by event.
 */
export const BLOCK = 256;

export const blockOf = (ordinal: number): number => Math.floor(ordinal / BLOCK);
export const firstOf = (block: number): number => block * BLOCK;
export const lastOf = (block: number): number => block * BLOCK + BLOCK - 1;

/** Numbers of different dictionaries must not meet in one index. */
export const term = {
  actor: (no: number): number => no * 3,
  action: (no: number): number => no * 3 + 1,
  thing: (no: number): number => no * 3 + 2,
};
