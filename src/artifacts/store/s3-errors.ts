import { CustodyError, errors } from '../../core/index.js';

interface SdkError {
  readonly name?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const statusOf = (error: unknown): number | undefined => (error as SdkError).$metadata?.httpStatusCode;

/** The object is not there; a bucket that is not there is another matter. */
export const isAbsent = (error: unknown): boolean => {
  const { name } = error as SdkError;
  return name === 'NoSuchKey' || (statusOf(error) === 404 && name !== 'NoSuchBucket');
};

/** What an operator can mend, in words that hold no credentials; anything else goes on as it is. */
export function s3Error(error: unknown, bucket: string): unknown {
  if (error instanceof CustodyError) return error;
  const { name = '', code = '' } = error as SdkError;
  const status = statusOf(error);
  const told = (id: string, message: string) => errors.unavailable(id, `${message} (bucket ${bucket})`);
  if (name === 'NoSuchBucket' || status === 404 || status === 301)
    return told('artifact-bucket-missing', 'the bucket of the artifact store is not there or is in another region');
  if (status === 401 || status === 403)
    return told('artifact-store-denied', 'the artifact store refuses our credentials');
  if (/^Credentials/.test(name) || name === 'TokenProviderError')
    return told('artifact-store-no-credentials', 'there are no credentials for the artifact store');
  if (status !== undefined && status >= 400)
    return told('artifact-store-failed', `the artifact store answers ${status}`);
  if (code !== '' || name === 'TimeoutError' || name === 'NetworkingError' || name === 'AbortError')
    return told('artifact-store-unreachable', 'the artifact store cannot be reached');
  return error;
}
