import { errors } from '../../core/index.js';
import { MLFLOW_ARTIFACTS } from '../../http/index.js';
import { isLoggedModel } from '../run-directory.js';
import { DamagedBytes } from './store-errors.js';
import type { Part, PartialUploadsOptions, Upload } from './partial-uploads.js';

export const unknownUpload = () =>
  errors.notFound(
    'upload-not-found',
    'there is no such upload: it was completed, aborted or given up; begin a new one',
    'upload_id',
  );

export const partNotFound = ({ number }: Part) =>
  errors.invalid('part-not-found', `part ${number} was not received with this etag; send it again`, 'parts');

/** What is wrong with a part that is no artifact yet is for the client to mend, who has the bytes. */
export function partError(part: Part, error: unknown): unknown {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return partNotFound(part);
  if (!(error instanceof DamagedBytes)) return error;
  const again = `part ${part.number} is not any more what was received; send it again`;
  return errors.invalid('part-damaged', again, 'parts');
}

type Limits = Pick<PartialUploadsOptions, 'maxOpen' | 'maxStagedBytes' | 'maxAgeMs'>;

/** Not as "too many requests": clients would send the same again for minutes, and nothing would change. */
export const tooManyOpen = (limits: Limits, oldest: Upload | undefined) =>
  errors.state(
    'uploads-too-many',
    `this account has ${limits.maxOpen} uploads in parts open, as many as it may; ${wayOut(limits, oldest)}`,
    'path',
  );

/** Parts are sent with the token of their upload alone, which is no reason to tell of other uploads. */
export const noRoom = (limits: Limits) =>
  errors.tooLarge(
    'uploads-hold-too-much',
    `the open uploads in parts of one account may hold ${limits.maxStagedBytes} bytes; ${wayOut(limits)}`,
    'body',
  );

function wayOut({ maxAgeMs }: Limits, oldest?: Upload): string {
  const hours = Math.round(maxAgeMs / 360_000) / 10;
  const waiting = `what gets no part for ${hours} hours is given up by itself`;
  if (!oldest) return `complete or abort some; ${waiting}`;
  const { id, experimentId, runId, path } = oldest;
  const owner = isLoggedModel(runId) ? `models/${runId}` : runId;
  const folder = `${experimentId}/${owner}/${['artifacts', ...path.split('/').slice(0, -1)].map(encodeURIComponent).join('/')}`;
  const body = JSON.stringify({ path: path.slice(path.lastIndexOf('/') + 1), upload_id: id });
  return `complete or abort some (the oldest with POST /${MLFLOW_ARTIFACTS[0]}/mpu/abort/${folder} ${body}); ${waiting}`;
}
