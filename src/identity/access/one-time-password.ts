import { SetMetadata } from '@nestjs/common';

export const WITH_ONE_TIME_PASSWORD = 'custody:with-one-time-password';

/** For the few routes that someone may call who signed in with a one-time password. */
export const WithOneTimePassword = () => SetMetadata(WITH_ONE_TIME_PASSWORD, true);
