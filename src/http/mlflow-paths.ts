/** MLflow's REST API and the twin that its own UI uses. */
export const MLFLOW = ['api/2.0/mlflow', 'ajax-api/2.0/mlflow'];
export const MLFLOW_ARTIFACTS = ['api/2.0/mlflow-artifacts', 'ajax-api/2.0/mlflow-artifacts'];
export const CUSTODY_API = 'api/v1';
