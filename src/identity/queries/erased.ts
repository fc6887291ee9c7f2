/** In place of what can't be unsealed any more. */
export const ERASED = '[erased]';
