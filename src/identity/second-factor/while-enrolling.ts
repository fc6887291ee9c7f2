import { SetMetadata } from '@nestjs/common';

export const WHILE_ENROLLING = 'custody:while-enrolling';

/** For the routes that somebody may call who must have a second factor and has none yet. */
export const WhileEnrolling = () => SetMetadata(WHILE_ENROLLING, true);
