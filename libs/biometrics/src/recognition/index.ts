export {
  compareTemplates,
  makeTemplate,
  meanTemplate,
  type Template,
  TEMPLATE_DIM,
  TemplateError,
} from './template.js';
export { decodeTemplate, encodeTemplate } from './template-codec.js';
export { type Calibration, fmrUpperAt } from './calibration.js';
