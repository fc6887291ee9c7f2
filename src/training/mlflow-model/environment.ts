/** For tools that build an environment of their own for the model. A prefix: the newest such Python will do. */
export const PYTHON_VERSION = '3.11';

export const CONDA_FILE = 'conda.yaml';
export const PYTHON_ENV_FILE = 'python_env.yaml';
export const REQUIREMENTS_FILE = 'requirements.txt';

/** MLflow 3 brings pandas; the skinny package does not. The trees themselves need no package at all. */
const REQUIREMENTS = ['mlflow>=3,<4', 'pandas'];

export const environmentFiles: Readonly<Record<string, string>> = {
  [REQUIREMENTS_FILE]: lines(...REQUIREMENTS),
  [PYTHON_ENV_FILE]: lines(
    `python: "${PYTHON_VERSION}"`,
    'build_dependencies:',
    '- pip',
    '- setuptools',
    '- wheel',
    'dependencies:',
    `- -r ${REQUIREMENTS_FILE}`,
  ),
  [CONDA_FILE]: lines(
    'channels:',
    '- conda-forge',
    'dependencies:',
    `- python=${PYTHON_VERSION}`,
    '- pip',
    '- pip:',
    ...REQUIREMENTS.map((requirement) => `  - ${requirement}`),
    'name: mlflow-env',
  ),
};

function lines(...of: readonly string[]): string {
  return `${of.join('\n')}\n`;
}
