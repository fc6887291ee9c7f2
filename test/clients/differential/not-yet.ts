import { Answer, Call } from './call.js';

/**
 * What Custody does not offer yet, and so does not take part. An entry leaves when its feature comes; when
 * the list is empty, every call of a sequence counts, and one that answers ENDPOINT_NOT_FOUND is a failure.
 */
interface NotYet {
  readonly feature: string;
  readonly is: (call: Call, custody: Answer) => boolean;
}

const answers = ({ body }: Answer, field: 'error_code' | 'message'): string =>
  (body as { readonly error_code?: string; readonly message?: string } | null)?.[field] ?? '';
const none =
  (path: RegExp) =>
  (call: Call, custody: Answer): boolean =>
    path.test(call.path) && answers(custody, 'error_code') === 'ENDPOINT_NOT_FOUND';

export const NOT_YET: readonly NotYet[] = [
  {
    feature: 'the search language',
    is: ({ path }, custody) =>
      /search$/.test(path) && /does not evaluate|cannot sort|order_by/.test(answers(custody, 'message')),
  },
  {
    feature: 'logged models',
    is: (call, custody) => none(/^logged-models/)(call, custody) || call.path === 'logged-models/search',
  },
  {
    feature: 'versions of logged models',
    is: ({ path }, custody) =>
      path === 'model-versions/create' && /not from a logged model/.test(answers(custody, 'message')),
  },
  {
    feature: 'sources at other hosts are refused',
    is: ({ path, fields }, custody) =>
      path === 'model-versions/create' && /"source":"https?:/.test(JSON.stringify(fields)) && custody.status === 200,
  },
  {
    feature: 'models that runs take in and put out',
    is: (call, custody) =>
      none(/^runs\/(outputs|log-model)$/)(call, custody) ||
      (call.path === 'runs/log-inputs' && 'models' in call.fields),
  },
  { feature: 'bulk history', is: none(/^metrics\/get-history-bulk/) },
  { feature: 'aliases', is: none(/^registered-models\/alias$/) },
  { feature: 'webhooks', is: none(/^webhooks/) },
];

export const notYet = (call: Call, custody: Answer): string | undefined =>
  NOT_YET.find(({ is }) => is(call, custody))?.feature;
