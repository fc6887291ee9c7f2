/** Where artifacts are kept: files in the data folder, or objects in an S3 bucket. */
export type ArtifactsSetting = { readonly kind: 'file' } | ({ readonly kind: 's3' } & S3Setting);

export interface S3Setting {
  readonly bucket: string;
  /** Empty, or without slashes at its ends. */
  readonly prefix: string;
  readonly region: string;
  readonly endpoint?: string;
}

const DEFAULT_REGION = 'us-east-1';
const FORM = 'must be file, or s3://bucket/prefix?endpoint=https://host&region=name';

/** Reads `CUSTODY_ARTIFACTS`. Credentials have no place in it: the SDK finds them where it always does. */
export function artifactsSetting(text: string): ArtifactsSetting {
  if (text === '' || text === 'file') return { kind: 'file' };
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([^?#]*))?(?:\?([^#]*))?$/.exec(text);
  if (!match) throw new Error(FORM);
  const [, bucket, path = '', query = ''] = match;
  const prefix = path.replace(/\/$/, '');
  if (prefix !== '' && !/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(prefix))
    throw new Error('the prefix may hold letters, digits, _ - . and single slashes between names');
  return { kind: 's3', bucket: bucket!, prefix, ...parameters(new URLSearchParams(query)) };
}

function parameters(query: URLSearchParams): Pick<S3Setting, 'region' | 'endpoint'> {
  const unknown = [...query.keys()].find((name) => name !== 'endpoint' && name !== 'region');
  if (unknown !== undefined) throw new Error(`knows the parameters endpoint and region only`);
  const endpoint = query.get('endpoint');
  const region = query.get('region') ?? DEFAULT_REGION;
  if (!/^[a-z0-9-]{1,64}$/.test(region)) throw new Error('region must be letters, digits and hyphens');
  if (endpoint === null) return { region };
  const url = URL.parse(endpoint);
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search !== '' || url.hash !== '')
    throw new Error('endpoint must be http://host:port or https://host');
  if (url.username !== '' || url.password !== '')
    throw new Error('endpoint may hold no credentials; AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY do');
  return { region, endpoint: url.origin };
}
