import { Transform } from 'class-transformer';

/** `"5"` and `5` are both 5 on MLflow's wire; anything else stays as it is for the validator to name. */
export const ToInt = () =>
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value,
  );

/** A repeated query parameter is a list, also when it comes once. */
export const ToList = () =>
  Transform(({ value }: { value: unknown }) => (value === undefined || Array.isArray(value) ? value : [value]));
