export { fuseScores } from './fuse-scores.js';
export {
  compareTemplates,
  makeTemplate,
  meanTemplate,
  type Template,
  TEMPLATE_DIM,
  TemplateError,
} from './template.js';
export { decodeProtected, decodeTemplate, encodeProtected, encodeTemplate } from './template-codec.js';
export {
  compareProtected,
  type ProtectedTemplate,
  TemplateTransform,
  transformBytes,
} from './template-transform.js';
