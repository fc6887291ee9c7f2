import { join } from 'node:path';
import { CompactTree, inclusionProof, leafHash, TreeFile, verifyInclusion } from '../dist/evidence/index.js';
import { figure } from './report.mjs';
import { withFolder } from './temp.mjs';

const ROUNDS = 3;
const PAGE = 1000;

/** Leaves hashed into a tree (what verifying costs), and proofs out of a tree file of 1,000,000 events. */
export function evidence(scale) {
  return withFolder(async (folder) => {
    const leaves = Math.ceil(1_000_000 * scale);
    const entry = Buffer.alloc(500, 7);
    const rates = [];
    for (let round = 0; round < ROUNDS; round++) {
      const tree = CompactTree.empty();
      const start = performance.now();
      for (let index = 0; index < leaves; index++) {
        entry.writeUInt32BE(index);
        tree.append(leafHash(entry));
      }
      rates.push(leaves / ((performance.now() - start) / 1000));
    }
    const file = TreeFile.create(join(folder, 'tree.db'), 'first');
    let state = file.state();
    for (let from = 0; from < leaves; from += PAGE) {
      const page = Array.from({ length: Math.min(PAGE, leaves - from) }, (_, index) => {
        entry.writeUInt32BE(from + index);
        return { leaf: leafHash(entry), position: from + index + 1 };
      });
      state = file.append(state, page);
    }
    const root = state.tree.root();
    const times = [];
    for (let index = 0; index < leaves; index += Math.floor(leaves / 99)) {
      const start = performance.now();
      const hashes = inclusionProof(index, leaves, (level, at) => file.hash(level, at));
      if (!verifyInclusion({ leaf: file.hash(0, index), index, size: leaves, hashes, root }))
        throw new Error('no proof');
      times.push(performance.now() - start);
    }
    file.close();
    return [
      figure('leaves hashed into a tree', 'leaves/s', rates, 300_000),
      figure(`proof at ${leaves} events`, 'ms', times),
    ];
  });
}
