import type { S3ArtifactStore, S3ArtifactStoreOptions, S3Place } from './s3-artifact-store.js';

/** Loads the SDK only where somebody keeps artifacts in S3; checks that the bucket can be used. @throws kind `unavailable` */
export async function openS3ArtifactStore(place: S3Place, options: S3ArtifactStoreOptions): Promise<S3ArtifactStore> {
  const { S3ArtifactStore } = await import('./s3-artifact-store.js');
  const store = new S3ArtifactStore(place, options);
  await store.check();
  return store;
}
