import { Refusal } from '../../core/index.js';
import { firstProblem, keyProblem, lengthProblem, LIMITS } from '../keys.js';
import { RecordedInput, Metric, Param, RunTag } from './events.js';
import { bytesOf, EVENT_BYTES } from './sizes.js';

/** Leaves room in an event for the longest name and source, and for a schema and profile too short to be apart. */
const INPUT_TAGS_BYTES = 300_000;

export interface Batch {
  readonly metrics: readonly Metric[];
  readonly params: readonly Param[];
  readonly tags: readonly RunTag[];
}

const invalid = (code: string, message: string, field: string): Refusal => ({ kind: 'invalid', code, message, field });

/** What is wrong with a batch by itself, whatever the run is like. */
export function batchProblem({ metrics, params, tags }: Batch): Refusal | undefined {
  return (
    countProblem('metrics', metrics.length, LIMITS.batchMetrics) ??
    countProblem('params', params.length, LIMITS.batchParamsOrTags) ??
    countProblem('tags', tags.length, LIMITS.batchParamsOrTags) ??
    countProblem('metrics, params, and tags', metrics.length + params.length + tags.length, LIMITS.batchEntities) ??
    firstProblem(metrics, named(metricProblem, 'metrics')) ??
    firstProblem(params, named(paramProblem, 'params')) ??
    firstProblem(tags, named(tagProblem, 'tags')) ??
    repeatedParam(params) ??
    batchBytesProblem([...metrics, ...params, ...tags])
  );
}

/** The field's place is put into words for the item that has a problem alone: a batch of 1,000 has none, mostly. */
const named =
  <T>(check: (item: T, at?: string) => Refusal | undefined, list: string) =>
  (item: T, index: number): Refusal | undefined =>
    check(item) && check(item, `${list}[${index}].`);

function countProblem(what: string, count: number, limit: number): Refusal | undefined {
  if (count <= limit) return undefined;
  return invalid(
    'batch-too-large',
    `A batch logging request can contain at most ${limit} ${what}. Got ${count} ${what}. Please split up ${what} across multiple requests and try again.`,
    what,
  );
}

function batchBytesProblem(items: readonly (Metric | RunTag)[]): Refusal | undefined {
  const bytes = bytesOf(items, LIMITS.batchBytes);
  if (bytes <= LIMITS.batchBytes) return undefined;
  return invalid(
    'batch-too-large',
    `Batched logging API requests must be at most ${LIMITS.batchBytes} bytes, got a request of size ${bytes}. Please split it up and try again.`,
    'body',
  );
}

/** 64-bit integers beyond 2^53 would not come out of the log as they went in. */
export function wholeProblem(value: number, field: string): Refusal | undefined {
  if (Number.isSafeInteger(value)) return undefined;
  return invalid(
    'invalid-integer',
    `Invalid value ${value} for parameter '${field}' supplied: it must be a whole number within ±(2^53 − 1)`,
    field,
  );
}

function timestampProblem(value: number, field: string): Refusal | undefined {
  if (value >= 0) return wholeProblem(value, field);
  return invalid(
    'negative-timestamp',
    `Invalid value ${value} for parameter '${field}' supplied: Timestamp must be a nonnegative long (64-bit integer)`,
    field,
  );
}

export const metricProblem = ({ key, timestamp, step, modelId, ...dataset }: Metric, at = ''): Refusal | undefined =>
  keyProblem(key, `${at}key`) ??
  timestampProblem(timestamp, `${at}timestamp`) ??
  wholeProblem(step, `${at}step`) ??
  (modelId === undefined ? undefined : metricDatasetProblem(dataset, at));

const metricDatasetProblem = ({ datasetName = '', datasetDigest = '' }: Partial<Metric>, at: string) =>
  lengthProblem('the name', datasetName, LIMITS.datasetName, `${at}dataset_name`) ??
  lengthProblem('the digest', datasetDigest, LIMITS.datasetDigest, `${at}dataset_digest`);

export const paramProblem = ({ key, value }: Param, at = ''): Refusal | undefined =>
  keyProblem(key, `${at}key`) ?? lengthProblem('the value', value, LIMITS.paramValue, `${at}value`);

export const tagProblem = ({ key, value }: RunTag, at = ''): Refusal | undefined =>
  keyProblem(key, `${at}key`) ??
  (typeof value === 'string' ? lengthProblem('the value', value, LIMITS.tagValue, `${at}value`) : undefined);

function repeatedParam(params: readonly Param[]): Refusal | undefined {
  const seen = new Set<string>();
  return firstProblem(params, ({ key }, index) => {
    if (!seen.has(key)) {
      seen.add(key);
      return undefined;
    }
    return invalid(
      'duplicate-param',
      `Duplicate parameter keys have been submitted: ['${key}']. Please ensure the request contains only one param value per param key.`,
      `params[${index}].key`,
    );
  });
}

/** Tags that go into the event of a start, with the name twice: MLflow sets no limit, but an event has one. */
export function startTagsProblem(tags: readonly RunTag[], name: string): Refusal | undefined {
  return (
    firstProblem(tags, (tag, index) => tagProblem(tag, `tags[${index}].`)) ??
    eventBytesProblem(bytesOf([...tags, { key: name, value: name }], EVENT_BYTES), 'tags')
  );
}

export const inputsProblem = (inputs: readonly RecordedInput[]): Refusal | undefined =>
  firstProblem(inputs, (input, index) => inputProblem(input, `datasets[${index}].`)) ??
  firstProblem(inputs, (input, index) => inputTagsProblem(input, `datasets[${index}].tags`));

/** All else of a data set has its limit, and schema and profile may be recorded apart. */
const inputTagsProblem = ({ tags }: RecordedInput, field: string): Refusal | undefined =>
  eventBytesProblem(Buffer.byteLength(JSON.stringify(tags)), field, INPUT_TAGS_BYTES);

function eventBytesProblem(bytes: number, field: string, limit = EVENT_BYTES): Refusal | undefined {
  if (bytes <= limit) return undefined;
  return invalid('too-large', `'${field}' has ${bytes} bytes, the limit is ${limit}`, field);
}

function inputProblem(
  { name, digest, sourceType, source, schema = '', profile = '', tags }: RecordedInput,
  at: string,
) {
  const field = `${at}dataset.`;
  if (name === '')
    return invalid('missing-name', `Missing value for required parameter '${field}name'.`, `${field}name`);
  if (digest === '')
    return invalid('missing-digest', `Missing value for required parameter '${field}digest'.`, `${field}digest`);
  return (
    lengthProblem('the name', name, LIMITS.datasetName, `${field}name`) ??
    lengthProblem('the digest', digest, LIMITS.datasetDigest, `${field}digest`) ??
    lengthProblem('the source type', sourceType, LIMITS.datasetName, `${field}source_type`) ??
    lengthProblem('the source', typeof source === 'string' ? source : '', LIMITS.datasetSource, `${field}source`) ??
    lengthProblem('the schema', schema, LIMITS.datasetSchema, `${field}schema`) ??
    lengthProblem('the profile', profile, LIMITS.datasetProfile, `${field}profile`) ??
    firstProblem(tags, ({ key, value }, index) => {
      const tag = `${at}tags[${index}].`;
      return (
        lengthProblem('the key', key, LIMITS.inputTagKey, `${tag}key`) ??
        lengthProblem('the value', value, LIMITS.inputTagValue, `${tag}value`)
      );
    })
  );
}
