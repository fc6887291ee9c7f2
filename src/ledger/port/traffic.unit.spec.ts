import { expect, it } from '@jest/globals';
import { Position } from '../../core/index.js';
import { RevisionConflict } from './errors.js';
import { Traffic } from './traffic.js';

const row = (bytes: number) => ({ id: 'e', type: 'T', schema: 1, context: '', data: '', bytes });
const result = { revision: 0, position: 1 as Position, repeated: false };

it('counts what is durable, not what was written before or was refused', async () => {
  const traffic = new Traffic();
  expect(await traffic.count([row(10), row(5)], Promise.resolve(result))).toBe(result);
  await traffic.count([row(100)], Promise.resolve({ ...result, repeated: true }));
  const conflict = new RevisionConflict('s', 0, 1);
  await expect(traffic.count([row(100)], Promise.reject(conflict))).rejects.toBe(conflict);
  await expect(traffic.count([row(100)], Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(traffic).toEqual({ appends: 1, events: 2, bytes: 15, conflicts: 1 });
});
