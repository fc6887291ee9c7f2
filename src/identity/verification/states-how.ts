import { applyDecorators } from '@nestjs/common';
import { IsString, Matches, MaxLength } from 'class-validator';
import { ONE_LINE } from '../commands/one-line.js';

/** A field that says how a person's identity was verified: a line of text, and never an empty one. */
export const StatesHow = () =>
  applyDecorators(
    IsString(),
    MaxLength(500),
    Matches(ONE_LINE, { message: 'say on one line how the identity was verified' }),
    Matches(/\S/, { message: 'say how the identity was verified' }),
  );
