/** Where class-transformer keeps what `@Type` said; it ships this module without a declaration of its own. */
declare module 'class-transformer/cjs/storage.js' {
  export const defaultMetadataStorage: {
    findTypeMetadata(target: unknown, property: string): { readonly typeFunction: () => unknown } | undefined;
  };
}
