/** What the thread of the tree needs, apart from the room: a thread has its own copy of all that it loads. */
export { CheckpointStore } from '../checkpoints/checkpoint-store.js';
export { evidenceFiles } from '../files.js';
export { TreeFollower, type FollowerOptions, type Mismatch } from './follower.js';
export { TreeDamaged, TreeFile } from './tree-file.js';
