import { ArgumentsHost, Catch, ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PinoLogger } from 'nestjs-pino';
import { CustodyError, ErrorKind } from '../../core/index.js';
import { CustodyRequest } from '../../http/index.js';
import { AccessGuard, SCIM_API, SCIM_JSON, scimError } from '../../identity/index.js';
import {
  EventTooLarge,
  IllFormedText,
  InvalidStreamName,
  LedgerCorrupted,
  LedgerUnavailable,
} from '../../ledger/index.js';
import { ENDPOINT_NOT_FOUND, INTERNAL_ERROR, MLFLOW_ERRORS, mlflowError } from '../../mlflow/index.js';
import { commonHeaders } from './common-headers.js';

interface Problem {
  readonly status: number;
  readonly mlflowCode: string;
  readonly code: string;
  readonly message: string;
  readonly field?: string;
  readonly retryAfter?: number;
}

/**
 * The one place where an error becomes an answer: in MLflow's shape on MLflow's paths, as
 * `application/problem+json` (RFC 9457) elsewhere. What we don't know becomes a bare 500 with the request's id.
 */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(
    private readonly logger: PinoLogger,
    private readonly guard: AccessGuard,
  ) {}

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const request = host.switchToHttp().getRequest<CustodyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    this.tell(request, reply, await this.firstOf(error, request));
  }

  /** The body is read before the guard is asked; what is wrong with it is for those only whom the guard lets in. */
  private async firstOf(error: unknown, request: CustodyRequest): Promise<unknown> {
    if (request.guarded || request.is404) return error;
    try {
      await this.guard.admit(request);
      return error;
    } catch (refusal) {
      return refusal;
    }
  }

  private tell(request: CustodyRequest, reply: FastifyReply, error: unknown): void {
    const problem = describe(error, request);
    // What is away comes back and was answered as such; only what we do not understand needs its stack.
    if (problem.status === 503) this.logger.warn({ requestId: request.id }, problem.message);
    else if (problem.status >= 500) this.logger.error({ err: error, requestId: request.id }, problem.message);
    answer(reply, request, problem);
  }
}

/** For an address that the router itself refuses: there no hook runs, and no filter of Nest's. */
export function answerUnrouted(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  void reply.headers(commonHeaders(request.id, request.protocol === 'https'));
  answer(reply, request, describe(error, request));
}

/** The API with its twin, and the two downloads that MLflow's pages ask for outside of it. */
const MLFLOW_PATHS = /^\/(ajax-)?api\/[23]\.0\/|^\/(model-versions\/)?get-artifact$/;

function answer(reply: FastifyReply, request: FastifyRequest, problem: Problem): void {
  if (reply.sent) return;
  if (problem.retryAfter !== undefined) void reply.header('retry-after', String(problem.retryAfter));
  if (problem.status === 401) void reply.header('www-authenticate', challenge(request));
  void reply.status(problem.status);
  const path = request.url.split('?', 1)[0]!;
  if (MLFLOW_PATHS.test(path)) {
    void reply.send(mlflowError(problem.mlflowCode, problem.message));
    return;
  }
  if (path.startsWith(`/${SCIM_API}/`)) {
    const { status, body } = scimError(problem);
    void reply.status(status).type(SCIM_JSON).send(body);
    return;
  }
  const { status, code, message, field } = problem;
  void reply
    .type('application/problem+json')
    .send({ title: titleOf(code), status, code, detail: message, field, request_id: request.id });
}

/** A script of ours in a browser shows its own sign-in; for Basic the browser would put a dialog of its own over it. */
function challenge({ headers }: FastifyRequest): string {
  const { 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers;
  const script = site !== undefined && mode !== 'navigate';
  return `${script ? '' : 'Basic realm="custody", '}Bearer realm="custody"`;
}

const titleOf = (code: string): string => code.charAt(0).toUpperCase() + code.slice(1).replaceAll('-', ' ');

function describe(error: unknown, request: FastifyRequest): Problem {
  if (error instanceof CustodyError) {
    const { kind, code, message, field, retryAfter } = error;
    return { ...ofKind(kind, code, message, field), ...(retryAfter === undefined ? {} : { retryAfter }) };
  }
  if (error instanceof LedgerUnavailable)
    return ofKind('unavailable', `log-${error.reason}`, `${outcomeOf(error)}: ${error.message}`);
  if (error instanceof LedgerCorrupted)
    return ofKind('unavailable', 'log-corrupted', `nothing was recorded: ${error.message}`);
  if (error instanceof EventTooLarge)
    return ofKind('too-large', 'event-too-large', `${error.message}; send it in several calls`);
  if (error instanceof IllFormedText) return ofKind('invalid', 'ill-formed-text', error.message);
  if (error instanceof InvalidStreamName) return ofKind('invalid', 'invalid-id', error.message);
  if (error instanceof HttpException && error.getStatus() === 404) {
    const { status, code } = ENDPOINT_NOT_FOUND;
    return {
      status,
      mlflowCode: code,
      code: 'endpoint-not-found',
      message: `there is no ${request.method} ${request.url.split('?', 1)[0]}`,
    };
  }
  if ((error as { code?: unknown } | null)?.code === 'FST_ERR_BAD_URL')
    return ofKind('invalid', 'url-invalid', 'the path of the URL is not validly percent-encoded UTF-8', 'url');
  const status = statusOf(error);
  if (status === 413) return ofKind('too-large', 'body-too-large', tooLarge(error as Error, request));
  if (status === 415) {
    const message = 'this content-type is not understood here: send JSON as application/json, a data set as text/csv';
    return { status, mlflowCode: 'BAD_REQUEST', code: 'unsupported-media-type', message, field: 'content-type' };
  }
  if (status >= 400 && status < 500) {
    return { status, mlflowCode: 'BAD_REQUEST', code: 'bad-request', message: (error as Error).message };
  }
  const message = `something went wrong on the server; its log has the details under request ${request.id}`;
  return { status: INTERNAL_ERROR.status, mlflowCode: INTERNAL_ERROR.code, code: 'internal-error', message };
}

function tooLarge({ message }: Error, { headers, routeOptions }: FastifyRequest): string {
  if (!headers['content-type']?.startsWith('application/json')) return message;
  return `${message}: the limit for this call is ${routeOptions.bodyLimit} bytes`;
}

/** A lost server or a failed disk may have kept what it did not confirm; only a clean refusal surely has not. */
function outcomeOf({ reason }: LedgerUnavailable): string {
  const unknown = reason === 'unreachable' || reason === 'io';
  return unknown ? 'nobody knows whether it was recorded; look before you repeat it' : 'nothing was recorded';
}

function ofKind(kind: ErrorKind, code: string, message: string, field?: string): Problem {
  const { status, code: mlflowCode } = MLFLOW_ERRORS[kind];
  return {
    status,
    mlflowCode,
    code,
    message,
    ...(field === undefined ? {} : { field }),
    ...(kind === 'unavailable' ? { retryAfter: 1 } : {}),
  };
}

/** Fastify's own errors (body too large, malformed JSON, unknown content type) carry a status. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : 500;
}
