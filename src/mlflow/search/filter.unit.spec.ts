import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CustodyError } from '../../core/index.js';
import { parseFilter } from './filter.js';
import { SEARCH_LIMITS } from './limits.js';
import { EXPERIMENTS } from './vocabularies/experiments.js';
import { LOGGED_MODELS } from './vocabularies/logged-models.js';
import { MODEL_VERSIONS, REGISTERED_MODELS } from './vocabularies/registry.js';
import { RUNS } from './vocabularies/runs.js';
import { Clause } from './tree.js';
import { Vocabulary } from './vocabulary.js';

const attribute = (name: string) => ({ kind: 'attribute', name }) as const;
const is = (value: string | number, comparator = '=') => ({ kind: 'compare', comparator, value });
const one = (target: object, condition: object) => [{ target, condition }] as readonly Clause[];

const messageOf = (filter: string, vocabulary: Vocabulary = RUNS): string => {
  try {
    parseFilter(filter, vocabulary);
  } catch (error) {
    expect(error).toMatchObject({ kind: 'invalid', code: 'filter-invalid', field: 'filter' });
    return (error as Error).message;
  }
  throw new Error(`${filter} was understood`);
};

describe('a filter for runs', () => {
  it('may be absent', () =>
    expect([undefined, '', '  '].map((filter) => parseFilter(filter, RUNS))).toEqual([[], [], []]));

  const metric = { kind: 'metric', key: 'acc' };
  const param = { kind: 'param', key: 'lr' };
  const tag = { kind: 'tag', key: 'a b' };
  it.each([
    ['metrics.acc > 0.5', metric, is(0.5, '>')],
    ['metric.acc<=-1e-3', metric, is(-0.001, '<=')],
    ['metrics.`acc` != .5', metric, is(0.5, '!=')],
    ['`metrics`."acc" = 5.', metric, is(5)],
    ['metrics.acc < 1e999', metric, is(Infinity, '<')],
    ["params.lr = '0.1'", param, is('0.1')],
    ['parameter.lr = "it\'s"', param, is("it's")],
    ["parameters.lr != 'it''s'", param, is("it''s", '!=')],
    ["param.lr = 'a\\'b'", param, is("a\\'b")],
    ["params.lr\n LIKE\t'0%'", param, { kind: 'like', caseSensitive: true, pattern: '0%' }],
    ["params.lr ilike 'A_'", param, { kind: 'like', caseSensitive: false, pattern: 'A_' }],
    ['params.lr is  null', param, { kind: 'presence', present: false }],
    ['tags.`a b` IS NOT NULL', tag, { kind: 'presence', present: true }],
    ['tag."a b" = \'\'', tag, is('')],
    ["tags.'a b' = 'x'", tag, is('x')],
    ["tags.mlflow.note.content = 'x'", { kind: 'tag', key: 'mlflow.note.content' }, is('x')],
    ["tags.1a = 'x'", { kind: 'tag', key: '1a' }, is('x')],
    ["tags.naïve = 'x'", { kind: 'tag', key: 'naïve' }, is('x')],
    ["tags.order = 'AND'", { kind: 'tag', key: 'order' }, is('AND')],
    ["status = 'FINISHED'", attribute('status'), is('FINISHED')],
    ["run.status = 'x'", attribute('status'), is('x')],
    ["attr.`run name` = 'x'", attribute('run_name'), is('x')],
    ["`Run Name` = 'x'", attribute('run_name'), is('x')],
    ['Created >= 5', attribute('start_time'), is(5, '>=')],
    ['attributes.end_time > 1.5', attribute('end_time'), is(1.5, '>')],
    ['run_id IN (\'a\', "b",)', attribute('run_id'), { kind: 'among', negated: false, values: ['a', 'b'] }],
    ["run_id not in ('a')", attribute('run_id'), { kind: 'among', negated: true, values: ['a'] }],
    ["datasets.name = 'x'", { kind: 'dataset', name: 'name' }, is('x')],
    [
      "dataset.context IN ('x')",
      { kind: 'dataset', name: 'context' },
      { kind: 'among', negated: false, values: ['x'] },
    ],
  ])('%s is understood', (filter, target, condition) => {
    expect(parseFilter(filter, RUNS)).toEqual(one(target, condition));
  });

  it('is a list of conditions joined by AND', () => {
    const clauses = parseFilter("metrics.acc>0.5 and status='a AND b'AND params.lr = '1'", RUNS);
    expect(clauses.map(({ target }) => target)).toEqual([metric, attribute('status'), param]);
  });

  it.each([
    ["status = 'a' OR status = 'b'", "at character 14, 'OR'", 'joined by AND only'],
    ["(status = 'a')", "at character 1, '('", 'belongs here'],
    ["status = 'a' AND", 'at the end', 'belongs here'],
    ["AND status = 'a'", "at character 1, 'AND'", 'no attribute of runs'],
    ["status = 'a' tags.b = 'c'", "at character 14, 'tags'", 'only AND'],
    ["status = 'a'; DROP TABLE runs", "at character 13, ';'", 'no meaning'],
    ["status = 'a", "at character 10, ''a'", 'never closed'],
    ['status = a', "at character 10, 'a'", 'a text in quotes'],
    ['status = `a`', "at character 10, '`a`'", 'a text in quotes'],
    ['params.lr = 0.1', "at character 13, '0.1'", 'a text in quotes'],
    ["metrics.acc > '1'", "at character 15, ''1''", 'a number without quotes'],
    ['metrics.acc > NaN', "at character 15, 'NaN'", 'a number'],
    ['metrics.acc > +1', "at character 15, '+'", 'no meaning'],
    ['metrics.acc = 0x10', "at character 15, '0x10'", 'a number'],
    ["metrics.acc LIKE '1'", "at character 13, 'LIKE'", '=, !=, >, >=, <, <='],
    ["params.lr > '1'", "at character 11, '>'", '=, !=, LIKE, ILIKE, IS NULL, IS NOT NULL'],
    ["params.lr == '1'", "at character 11, '=='", 'use one of'],
    ["params.lr <> '1'", "at character 11, '<>'", 'use one of'],
    ["params.lr NOT LIKE '1'", "at character 11, 'NOT LIKE'", 'use one of'],
    ["params.lr IN ('1')", "at character 11, 'IN'", 'use one of'],
    ["params.lr RLIKE '1'", "at character 11, 'RLIKE'", 'use one of'],
    ["status IN ('a')", "at character 8, 'IN'", '=, !=, LIKE, ILIKE'],
    ['status IS NULL', "at character 8, 'IS NULL'", 'use one of'],
    ['datasets.name IS NULL', "at character 15, 'IS NULL'", 'use one of'],
    ['run_id IN ()', "at character 12, ')'", 'a text in quotes'],
    ["run_id IN ('a', 5)", "at character 17, '5'", 'a text in quotes'],
    ["run_id IN ('a'", 'at the end', 'closing )'],
    ["run_id IN 'a'", "at character 11, ''a''", 'a list in parentheses'],
    ["foo = 'x'", "at character 1, 'foo'", 'run_id, run_name, status'],
    ["constructor = 'x'", "at character 1, 'constructor'", 'no attribute of runs'],
    ["METRICS.a = 'x'", "at character 1, 'METRICS.a'", 'one of attribute'],
    ["toString.a = 'x'", "at character 1, 'toString.a'", 'one of attribute'],
    ["datasets.foo = 'x'", "at character 1, 'datasets.foo'", 'name, digest, context'],
    ['metrics.a/b > 1', "at character 10, '/'", 'backticks or double quotes'],
    ['metrics.a-1 > 1', "at character 10, '-1'", 'a comparison belongs here'],
    ["params . lr = 'x'", "at character 1, 'params'", 'no attribute of runs'],
    ["params. lr = 'x'", "at character 9, 'lr'", 'a key belongs behind the dot'],
    ['params.lr', 'at the end', 'a comparison belongs here'],
    ["'a' = params.lr", "at character 1, ''a''", 'belongs here'],
    ['metrics.acc BETWEEN 0 AND 1', "at character 13, 'BETWEEN'", 'use one of'],
    ["status = 'a' -- b", "at character 14, '-'", 'no meaning'],
    ["status = 'a\0'", 'at character 1', 'NUL'],
    ["status = '\ud800'", 'at character 1', 'lone surrogate'],
  ])('%s is refused at the place that is wrong', (filter, where, why) => {
    const message = messageOf(filter);
    expect(message).toContain(`Invalid filter string: ${where}`);
    expect(message).toContain(why);
  });
});

describe('what may be searched differs by entity:', () => {
  const understood = (vocabulary: Vocabulary, filter: string) => parseFilter(filter, vocabulary)[0]?.condition;
  it('experiments have ids of digits and whole times', () => {
    expect(understood(EXPERIMENTS, "experiment_id IN ('10', '9')")).toEqual({
      kind: 'among',
      negated: false,
      values: [10, 9],
    });
    expect(understood(EXPERIMENTS, 'tags.k IS NULL')).toEqual({ kind: 'presence', present: false });
    const refused = ["experiment_id = 'x'", 'experiment_id = 1', 'creation_time > 1.5', "attributes.name = 'x'"];
    for (const filter of [...refused, "params.x = 'y'", 'metrics.a > 1', "name IN ('x')"])
      messageOf(filter, EXPERIMENTS);
  });
  it('registered models have a name and tags', () => {
    expect(understood(REGISTERED_MODELS, "name NOT IN ('a')")).toEqual({ kind: 'among', negated: true, values: ['a'] });
    for (const filter of ["run_id = 'x'", 'tags.a IS NULL', "name > 'a'"]) messageOf(filter, REGISTERED_MODELS);
  });
  it('model versions have a number, with or without quotes', () => {
    expect(understood(MODEL_VERSIONS, "version_number >= '3'")).toEqual(is(3, '>='));
    expect(understood(MODEL_VERSIONS, 'version_number = 3')).toEqual(is(3));
    for (const filter of ['version_number = 1.5', "version_number = 'x'", "source_path IN ('a')"])
      messageOf(filter, MODEL_VERSIONS);
  });
  it('logged models take lists everywhere, and texts without quotes', () => {
    expect(understood(LOGGED_MODELS, "tags.x NOT IN ('a')")).toEqual({ kind: 'among', negated: true, values: ['a'] });
    expect(understood(LOGGED_MODELS, 'params.x = 5')).toEqual(is('5'));
    expect(understood(LOGGED_MODELS, 'status = READY')).toEqual(is('READY'));
    expect(parseFilter('creation_time > 5', LOGGED_MODELS)).toEqual(one(attribute('creation_timestamp'), is(5, '>')));
    for (const filter of ['tags.x IS NULL', "metric.a > '1'", 'metrics.a > nan', "foo = 'x'"])
      messageOf(filter, LOGGED_MODELS);
  });
});

describe('a hostile filter', () => {
  const { clauses, filterLength, listValues, patternLength, wildcards } = SEARCH_LIMITS;
  const list = (values: number) => `run_id IN (${Array(values).fill("'a'").join()})`;
  it.each([
    ['long', `status = '${'x'.repeat(filterLength)}'`, `at most ${filterLength}`],
    [
      'of many conditions',
      Array(clauses + 1)
        .fill("status='x'")
        .join(' AND '),
      `at most ${clauses}`,
    ],
    ['with a long list', list(listValues + 1), `at most ${listValues}`],
    ['with a long pattern', `status LIKE '${'x'.repeat(patternLength + 1)}'`, `at most ${patternLength}`],
    ['with many wildcards', `status LIKE '${'%a'.repeat(wildcards + 1)}'`, `${wildcards} places`],
  ])('that is %s is refused', (_, filter, why) => expect(messageOf(filter)).toContain(why));

  it.each([
    ['conditions', Array(clauses).fill("status='x'").join(' AND ')],
    ['values', list(listValues)],
    ['quotes', `status = '${"''".repeat(40_000)}'`],
  ])('with as many %s as may be is understood', (_, filter) => expect(parseFilter(filter, RUNS)).not.toEqual([]));

  it('that has quotes without end is refused in one pass', () =>
    expect(messageOf(`status = '${"\\'x''".repeat(15_000)}\\`)).toContain('Invalid filter string'));

  it('is understood or refused, never more', () => {
    const words = 'run_id status metrics. tags. params. datasets.name = != > LIKE IN NOT IS NULL AND ( ) , . 3 -1 1e5';
    const part = fc.constantFrom(
      ...words.split(' '),
      ' ',
      "'x'",
      '"x"',
      '`x`',
      "'",
      '"',
      '`',
      '\0',
      '--',
      '\ud800',
      '😀',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 14 }), (parts) => {
        try {
          parseFilter(parts.join(''), RUNS);
        } catch (error) {
          expect(error).toBeInstanceOf(CustodyError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
