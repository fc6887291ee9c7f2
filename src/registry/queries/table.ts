import { Stage } from '../stage.js';

export interface RegisteredModels {
  model_id: string;
  name: string;
  description: string | null;
  created_at: number;
  updated_at: number;
}

export interface RegisteredModelTags {
  model_id: string;
  key: string;
  value: string;
}

export interface ModelVersions {
  model_id: string;
  version: number;
  source: string;
  storage: string | null;
  logged_model_id: string | null;
  run_id: string | null;
  run_link: string | null;
  description: string | null;
  stage: Stage;
  created_at: number;
  updated_at: number;
}

export interface ModelVersionTags extends RegisteredModelTags {
  version: number;
}

export interface RegisteredModelAliases {
  model_id: string;
  alias: string;
  version: number;
}

export interface RegistryTables {
  registered_models: RegisteredModels;
  registered_model_tags: RegisteredModelTags;
  model_versions: ModelVersions;
  model_version_tags: ModelVersionTags;
  registered_model_aliases: RegisteredModelAliases;
}
