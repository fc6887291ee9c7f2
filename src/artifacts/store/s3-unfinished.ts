import { AbortMultipartUploadCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { isAbsent } from './s3-errors.js';

/**
 * Aborts the multipart uploads under a prefix that were begun before a time. One that fails is aborted on the
 * spot, so what is found here was left by a process that died; younger ones may belong to a living one, on
 * whichever machine, and are left alone.
 */
export async function abortUnfinished(
  client: S3Client,
  { Bucket, Prefix }: { readonly Bucket: string; readonly Prefix: string },
  before: number,
): Promise<void> {
  let at: { readonly KeyMarker?: string; readonly UploadIdMarker?: string } = {};
  for (;;) {
    const page = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix, ...at }));
    for (const { Key, UploadId, Initiated } of page.Uploads ?? [])
      if (Initiated !== undefined && Initiated.getTime() < before)
        await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch(unlessGone);
    const { IsTruncated, NextKeyMarker, NextUploadIdMarker } = page;
    if (!IsTruncated || NextKeyMarker === undefined) return;
    at = { KeyMarker: NextKeyMarker, ...(NextUploadIdMarker ? { UploadIdMarker: NextUploadIdMarker } : {}) };
  }
}

/** Another server may have been faster. */
function unlessGone(error: unknown): void {
  if (!isAbsent(error)) throw error;
}
