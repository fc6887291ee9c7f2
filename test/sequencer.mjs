import { createRequire } from 'node:module';

const Sequencer = createRequire(import.meta.url)('@jest/test-sequencer').default;
const ORDER = ['.unit.spec.ts', '.int.spec.ts', '.fault.spec.ts', '.e2e.spec.ts'];
const rank = ({ path }) => ORDER.findIndex((suffix) => path.endsWith(suffix));

/** Fast kinds of tests first, so that a mistake shows early. */
export default class FastFirst extends Sequencer {
  sort(tests) {
    return [...tests].sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1));
  }
}
