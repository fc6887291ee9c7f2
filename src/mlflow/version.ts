/** The release of MLflow whose REST protocol this server was checked against, as `/version` answers it. */
export const MLFLOW_VERSION = '3.17.2';
