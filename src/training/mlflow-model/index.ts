export { modelHistory, type ModelIdentity } from './mlmodel.js';
export { modelFolder } from './model-folder.js';
