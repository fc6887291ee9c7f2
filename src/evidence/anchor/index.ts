export { type Anchor, AnchorError } from './anchor.js';
export { Anchoring, type AnchoringOptions, type AnchorStatus } from './anchoring.js';
export { FolderAnchor } from './folder-anchor.js';
export { GitAnchor } from './git-anchor.js';
export { type Poster, UrlAnchor } from './url-anchor.js';
