import { Evidence } from '../evidence.js';
import { Finding } from '../gate-result.js';

const ELSEWHERE = 'the files of the version are not kept here, so nothing can be said of them';

export function modelSignature({ version: { files } }: Evidence): Finding {
  const signature = files?.signature;
  const inputs = {
    description: files?.description ?? null,
    inputs: signature ? [...signature.inputs].slice(0, 100) : null,
    outputs: signature ? [...signature.outputs].slice(0, 100) : null,
  };
  const missing = (): readonly string[] => {
    if (!files?.kept) return [ELSEWHERE];
    if (files.description === 'missing') return ['there is no file MLmodel'];
    if (files.description === 'unreadable') return ['the file MLmodel can’t be read'];
    return signature && signature.inputs.length > 0
      ? []
      : ['MLmodel has no signature: log the model with signature or input_example'];
  };
  return { inputs, missing: missing(), fine: `takes ${(signature?.inputs ?? []).slice(0, 20).join(', ')}` };
}

export function artifactsVerified({ version: { files } }: Evidence): Finding {
  const { kept = false, files: count = 0, damaged } = files ?? {};
  const missing = (): readonly string[] => {
    if (!kept) return [ELSEWHERE];
    if (count === 0) return ['the version has no files'];
    if (!damaged) return ['the files were not read'];
    return damaged.length === 0 ? [] : [`not what was recorded: ${damaged.slice(0, 10).join(', ')}`];
  };
  return {
    inputs: { files: count, damaged: damaged ? damaged.slice(0, 10) : null },
    missing: missing(),
    fine: `${count} files read; each has the digest that was recorded`,
  };
}
