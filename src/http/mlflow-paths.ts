/** MLflow's REST API and the twin that its own UI uses. */
export const MLFLOW = ['api/2.0/mlflow', 'ajax-api/2.0/mlflow'];
/** What MLflow has under its third version only. */
export const MLFLOW_3 = ['api/3.0/mlflow', 'ajax-api/3.0/mlflow'];
export const MLFLOW_ARTIFACTS = ['api/2.0/mlflow-artifacts', 'ajax-api/2.0/mlflow-artifacts'];
export const CUSTODY_API = 'api/v1';
