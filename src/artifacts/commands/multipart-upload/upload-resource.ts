import { ResourceRef } from '../../../core/index.js';
import { artifactResource } from '../../artifact/events.js';
import { UploadPlan } from '../../store/partial-uploads.js';

/** What a refusal about an upload in parts is about: the file that it would become. */
export const uploadResource = ({ runId, experimentId, path }: UploadPlan): ResourceRef =>
  artifactResource(runId, experimentId, path);
