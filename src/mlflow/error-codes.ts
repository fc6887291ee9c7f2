import { ErrorKind } from '../core/index.js';

/** HTTP status and `error_code` of MLflow's REST protocol (mlflow/protos/databricks.proto) for each kind of error. */
export const MLFLOW_ERRORS: Readonly<Record<ErrorKind, { readonly status: number; readonly code: string }>> = {
  invalid: { status: 400, code: 'INVALID_PARAMETER_VALUE' },
  state: { status: 400, code: 'INVALID_PARAMETER_VALUE' },
  'already-exists': { status: 400, code: 'RESOURCE_ALREADY_EXISTS' },
  unauthenticated: { status: 401, code: 'UNAUTHENTICATED' },
  denied: { status: 403, code: 'PERMISSION_DENIED' },
  'not-found': { status: 404, code: 'RESOURCE_DOES_NOT_EXIST' },
  conflict: { status: 409, code: 'ABORTED' },
  'too-large': { status: 413, code: 'INVALID_PARAMETER_VALUE' },
  limit: { status: 429, code: 'REQUEST_LIMIT_EXCEEDED' },
  'not-implemented': { status: 501, code: 'NOT_IMPLEMENTED' },
  // MLflow's own status for this code is 500, which its clients answer with minutes of the same request.
  lost: { status: 410, code: 'DATA_LOSS' },
  unavailable: { status: 503, code: 'TEMPORARILY_UNAVAILABLE' },
};

export const ENDPOINT_NOT_FOUND = { status: 404, code: 'ENDPOINT_NOT_FOUND' };
export const BAD_REQUEST = { status: 400, code: 'BAD_REQUEST' };
export const INTERNAL_ERROR = { status: 500, code: 'INTERNAL_ERROR' };

/**
 * MLflow classifies an error once more for its clients (mlflow/error_classification.py); a code that is not
 * here has no class there.
 */
const CLASSES: Readonly<Record<string, { readonly sqlstate: string; readonly error_class: string }>> = {
  INVALID_PARAMETER_VALUE: { sqlstate: 'KAM00', error_class: 'INVALID_PARAMETER_VALUE' },
  BAD_REQUEST: { sqlstate: 'KAM00', error_class: 'INVALID_PARAMETER_VALUE' },
  RESOURCE_ALREADY_EXISTS: { sqlstate: 'KAM00', error_class: 'RESOURCE_ALREADY_EXISTS' },
  RESOURCE_DOES_NOT_EXIST: { sqlstate: 'KAM00', error_class: 'RESOURCE_NOT_FOUND' },
  ENDPOINT_NOT_FOUND: { sqlstate: 'KAM00', error_class: 'RESOURCE_NOT_FOUND' },
  PERMISSION_DENIED: { sqlstate: 'KAM00', error_class: 'PERMISSION_DENIED' },
  TEMPORARILY_UNAVAILABLE: { sqlstate: 'XXM00', error_class: 'CLIENT_INTERNAL_ERROR' },
  INTERNAL_ERROR: { sqlstate: 'XXM00', error_class: 'CLIENT_INTERNAL_ERROR' },
};

/** The body of an error on MLflow's paths. */
export const mlflowError = (code: string, message: string) => ({ error_code: code, message, ...CLASSES[code] });
