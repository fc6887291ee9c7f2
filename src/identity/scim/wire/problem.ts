import { CustodyError, errors, Refusal } from '../../../core/index.js';

export const SCIM_JSON = 'application/scim+json';
export const SCIM_API = 'scim/v2';

/** RFC 7644 §3.12. Codes of ours that have a word of SCIM's beside them. */
const SCIM_TYPES: Readonly<Record<string, string>> = {
  'scim-filter': 'invalidFilter',
  'scim-path': 'invalidPath',
  'scim-syntax': 'invalidSyntax',
  'scim-value': 'invalidValue',
  'scim-mutability': 'mutability',
  'scim-no-target': 'noTarget',
  'scim-too-many': 'tooMany',
  'user-exists': 'uniqueness',
  'invalid-login': 'invalidValue',
  'reserved-login': 'invalidValue',
  'invalid-parameter': 'invalidValue',
};

export const invalid = {
  filter: (why: string): CustodyError => errors.invalid('scim-filter', `this is no filter: ${why}`, 'filter'),
  path: (path: string, why: string): CustodyError => errors.invalid('scim-path', `path '${path}': ${why}`, 'path'),
  syntax: (why: string, field?: string): CustodyError => errors.invalid('scim-syntax', why, field),
  value: (field: string, why: string): CustodyError => errors.invalid('scim-value', `${field} ${why}`, field),
  mutability: (field: string): CustodyError =>
    errors.invalid('scim-mutability', `${field} can't be changed by a client`, field),
  noTarget: (path: string): CustodyError => errors.invalid('scim-no-target', `path '${path}' matches nothing`, 'path'),
};

/** For what is computed within a decision, which refuses and never throws. */
export function orRefusal<T>(compute: () => T): T | { readonly refusal: Refusal } {
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof CustodyError)) throw error;
    const { kind, code, message, field } = error;
    return { refusal: field === undefined ? { kind, code, message } : { kind, code, message, field } };
  }
}

interface Problem {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** What went wrong, as SCIM's clients expect it, whoever noticed. */
export function scimError({ status, code, message }: Problem) {
  const scimType = SCIM_TYPES[code];
  const is = scimType === 'uniqueness' ? 409 : status;
  return {
    status: is,
    body: {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: String(is),
      ...(scimType === undefined ? {} : { scimType }),
      detail: message,
    },
  };
}
