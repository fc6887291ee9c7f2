import { CustodyError, errors, never } from '../../core/index.js';
import { SEARCH_LIMITS } from './limits.js';
import { Problem } from './problem.js';
import { Reader } from './reader.js';
import { kindOf, readSpelling, Refuse, Spelling } from './subject.js';
import { OrderKeyed, OrderTerm } from './tree.js';
import { Vocabulary } from './vocabulary.js';

/**
 * The whole order of a search: what was asked for, then what settles ties, so that no two rows are equal
 * in it and pages fit together.
 */
export function parseOrder(items: readonly string[] | undefined, vocabulary: Vocabulary): readonly OrderTerm[] {
  return completeOrder(
    (items ?? []).map((item) => parseTerm(item, vocabulary)),
    vocabulary,
  );
}

/** @throws a refusal when there are too many terms, or two that sort by the same */
export function completeOrder(asked: readonly OrderTerm[], { order }: Vocabulary): readonly OrderTerm[] {
  if (asked.length > SEARCH_LIMITS.orderTerms)
    throw refused(`order_by has at most ${SEARCH_LIMITS.orderTerms} clauses`);
  if (asked.length === 0) return order.byDefault;
  const seen = new Set<string>();
  for (const { target } of asked) {
    if (seen.has(nameOf(target)))
      throw refused(`\`order_by\` contains duplicate fields: ${nameOf(target)} comes twice`);
    seen.add(nameOf(target));
  }
  return [...asked, ...order.ties.filter(({ target }) => !seen.has(nameOf(target)))];
}

const nameOf = (target: OrderTerm['target']): string =>
  target.kind === 'attribute' ? target.name : `${target.kind}.${target.key}${datasetOf(target)}`;

const datasetOf = ({ dataset }: OrderKeyed): string => (dataset ? ` on ${JSON.stringify(dataset)}` : '');

function parseTerm(item: string, vocabulary: Vocabulary): OrderTerm {
  const reader = new Reader(item, Problem.inOrder(item));
  const spelling = readSpelling(reader, vocabulary);
  const target = orderTarget(spelling, vocabulary, (why) => reader.refuseAt(spelling, why));
  const word = reader.word('ASC', 'DESC');
  if (!reader.done) throw reader.refuse(word ? 'nothing comes after the direction' : 'the direction is ASC or DESC');
  return { target, direction: word?.text.toUpperCase() === 'DESC' ? 'desc' : 'asc' };
}

function orderTarget(spelling: Spelling, vocabulary: Vocabulary, refuse: Refuse): OrderTerm['target'] {
  const kind = kindOf(spelling, vocabulary, refuse);
  const { attributes, keyed } = vocabulary.order;
  const can = [...Object.keys(attributes), ...keyed.map((each) => `${each}s.<key>`)].join(', ');
  switch (kind) {
    case 'attribute':
      if (Object.hasOwn(attributes, spelling.key)) return { kind, name: attributes[spelling.key]! };
      throw refuse(`${vocabulary.what} can't be sorted by it; they can by ${can}`);
    case 'metric':
    case 'param':
    case 'tag':
      if (keyed.includes(kind)) return { kind, key: spelling.key };
      throw refuse(`${vocabulary.what} can't be sorted by a ${kind}; they can by ${can}`);
    case 'dataset':
      throw refuse(`${vocabulary.what} can't be sorted by a data set; they can by ${can}`);
    default:
      return never(kind);
  }
}

const refused = (message: string): CustodyError => errors.invalid('order-invalid', message, 'order_by');
