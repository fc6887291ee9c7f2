import { errors } from '../../core/index.js';
import { findStage, STAGES, VersionSelector } from '../../registry/index.js';

export interface ModelUri {
  readonly name: string;
  readonly selector: VersionSelector;
}

/** `models:/<name>/<stage>`, `models:/<name>/<version>` or `models:/<name>@<alias>`. */
export function parseModelUri(uri: string, field = 'model'): ModelUri {
  const match = /^models:\/([^/:]{1,256})\/([^/:]+)$/.exec(uri);
  const [, name, which] = match ?? [];
  if (name !== undefined && which !== undefined) {
    if (/^[1-9]\d{0,8}$/.test(which)) return { name, selector: { version: Number(which) } };
    const stage = findStage(which);
    if (stage) return { name, selector: { stage } };
  }
  const [, aliased, alias] = /^models:\/([^/:]{1,256})@([\p{L}\p{N}_-]{1,255})$/u.exec(uri) ?? [];
  if (aliased !== undefined && alias !== undefined) return { name: aliased, selector: { alias } };
  const message = `model must be models:/<name>/<version>, models:/<name>@<alias>, or models:/<name>/<stage> with a stage of ${STAGES.join(', ')}`;
  throw errors.invalid('model-uri-invalid', message, field);
}
