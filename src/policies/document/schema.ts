import { CHANGES, DAYS, DECIDERS, LINEAGE, SEPARATIONS } from './policy.js';

/*
 * JSON Schema of a policy. `description` of a field is what a person is told when it is missing or wrong.
 * Names of gates and fields are what the documentation lists; a test holds the two together.
 */

const strict = (properties: object, required: readonly string[] = []) => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});
const list = (items: object, more: object = {}) => ({ type: 'array', items, minItems: 1, maxItems: 100, ...more });
const text = (description: string, maxLength = 250) => ({ type: 'string', minLength: 1, maxLength, description });
const oneOf = (values: readonly string[], description: string) => ({ type: 'string', enum: values, description });
const number = (description: string) => ({ type: 'number', description });
const hours = (description: string, maximum = 8760) => ({ type: 'number', exclusiveMinimum: 0, maximum, description });

const role = oneOf(DECIDERS, 'a role that may decide on requests');
const approvals = { type: 'integer', minimum: 1, maximum: 10, description: 'how many different people of that role' };
const step = strict({ role, approvals: { ...approvals, default: 1 } }, ['role']);
const steps = list(step, { maxItems: 20, description: 'who approves: a list of {role, approvals}' });
const expires = { ...hours('hours until an undecided request expires'), default: 168 };

const metric = text('the name of a metric of the run');
const better = { ...oneOf(['higher', 'lower'], 'which direction is better'), default: 'higher' };
const margin = { type: 'number', minimum: 0, description: 'how much worse than Production it may be' };
const atLeast = number('the lowest value that passes');
const atMost = number('the highest value that passes');

const threshold = strict({ metric, at_least: atLeast, at_most: atMost }, ['metric']);
const noWorse = strict({ metric, margin: { ...margin, default: 0 }, better }, ['metric']);

const gate = (name: string, properties: object = {}, required: readonly string[] = []) =>
  strict({ gate: { const: name }, ...properties }, ['gate', ...required]);

const values = { type: 'array', maxItems: 100, items: text('a value that is allowed') };
const tags = {
  type: 'object',
  minProperties: 1,
  maxProperties: 100,
  additionalProperties: { ...values, description: 'a list of allowed values; [] allows any' },
  description: 'tag names, each with a list of allowed values; [] allows any',
};

export const GATES = {
  required_tags: gate('required_tags', { tags }, ['tags']),
  metrics: gate('metrics', { metrics: list(threshold, { description: 'a list of {metric, at_least, at_most}' }) }, [
    'metrics',
  ]),
  no_worse_than_production: gate(
    'no_worse_than_production',
    { metrics: list(noWorse, { description: 'a list of {metric, margin, better}' }) },
    ['metrics'],
  ),
  data_registered: gate('data_registered', {
    contexts: { ...list(text('what the data was used for, e.g. training')), default: ['training'] },
  }),
  lineage: gate('lineage', {
    require: { ...list(oneOf(LINEAGE, 'what must be recorded')), default: ['run', 'finished'] },
  }),
  model_signature: gate('model_signature'),
  artifacts_verified: gate('artifacts_verified'),
  reproduction_verified: gate('reproduction_verified'),
  disjoint_data: gate('disjoint_data', {
    by: list(text('a column that identifies a row')),
    split: { type: 'boolean', default: false, description: 'whether a run may split one snapshot by itself' },
  }),
  cool_down: gate('cool_down', {
    after_registration_hours: hours('hours since the version was registered'),
    after_promotion_hours: hours('hours since a version last came into Production'),
  }),
} as const;

const time = {
  type: 'string',
  pattern: '^([01]\\d|2[0-3]):[0-5]\\d$|^24:00$',
  description: 'a time of day, e.g. "16:00"',
};
const window = {
  ...strict(
    {
      name: text('what the window is called'),
      from: text('when it begins, in ISO 8601, e.g. 2026-12-20T00:00:00Z', 40),
      to: text('when it ends, in ISO 8601', 40),
      days: list(oneOf(DAYS, 'a day of the week'), { uniqueItems: true }),
      start: time,
      end: time,
      timezone: { ...text('an IANA time zone, e.g. Europe/Vienna', 60) },
    },
    ['name'],
  ),
};

const modification = strict(
  {
    kind: text('what the kind of modification is called'),
    changes: list(oneOf(CHANGES, 'what may change'), { uniqueItems: true, description: 'what may change' }),
    parameters: list(text('a parameter that may change')),
    limits: list(strict({ metric, at_least: atLeast, at_most: atMost, margin, better }, ['metric']), {
      description: 'acceptance limits: a list of {metric, at_least, at_most, margin, better}',
    }),
    steps,
  },
  ['kind', 'changes', 'limits', 'steps'],
);
const authorised = strict(
  {
    model: text('the name of a model', 256),
    version: { type: 'integer', minimum: 1, description: 'the number of a version' },
    why: text('why it was authorised', 1000),
  },
  ['model', 'version', 'why'],
);

export const NAME = '^[a-z0-9][a-z0-9-]{0,62}$';
const none = { default: [] as readonly string[] };

export const POLICY_SCHEMA = strict(
  {
    custody_policy: { const: 1, description: 'the version of this format: custody_policy: 1' },
    name: { type: 'string', pattern: NAME, description: 'lower-case letters, digits and dashes, at most 63' },
    description: { type: 'string', maxLength: 2000, default: '' },
    models: list(text('a name pattern: * is any text, ? one character', 256), {
      description: 'a list of name patterns of models, e.g. ["lims_*"]',
    }),
    protects: {
      ...strict({
        stages: { type: 'array', items: oneOf(['Staging', 'Production'], 'a stage'), uniqueItems: true, ...none },
        aliases: { type: 'array', items: text('an alias'), maxItems: 100, ...none },
        leaving: { type: 'boolean', default: true, description: 'whether taking a version out needs approval too' },
      }),
      description: 'the stages and aliases that need approval, e.g. {stages: [Production], aliases: [champion]}',
    },
    approvals: {
      ...strict(
        {
          order: { ...oneOf(['parallel', 'sequential'], 'whether the steps follow one another'), default: 'parallel' },
          expires_after_hours: expires,
          steps,
          additional: {
            type: 'array',
            maxItems: 20,
            ...none,
            items: strict(
              {
                when: strict({ tag: text('a tag'), values: list(text('a value')) }, ['tag', 'values']),
                role,
                approvals: { ...approvals, default: 1 },
              },
              ['when', 'role'],
            ),
          },
        },
        ['steps'],
      ),
      description: 'who approves, e.g. {steps: [{role: reviewer, approvals: 2}]}',
    },
    separation_of_duties: {
      type: 'array',
      uniqueItems: true,
      default: [...SEPARATIONS],
      items: oneOf(SEPARATIONS, 'who may not approve besides the requester'),
    },
    gates: {
      type: 'array',
      maxItems: 50,
      ...none,
      items: {
        type: 'object',
        required: ['gate'],
        discriminator: { propertyName: 'gate' },
        oneOf: Object.values(GATES),
        description: 'a gate, e.g. {gate: model_signature}',
      },
    },
    freeze_windows: { type: 'array', maxItems: 50, ...none, items: window },
    change_plan: strict(
      {
        reference: text('the plan’s own number or title'),
        modifications: list(modification, { description: 'kinds of modification' }),
        authorised: { type: 'array', maxItems: 100, ...none, items: authorised },
      },
      ['reference', 'modifications'],
    ),
    publication: strict({ steps, expires_after_hours: expires }, ['steps']),
  },
  ['custody_policy', 'name', 'models', 'protects', 'approvals'],
);
