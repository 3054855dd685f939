export { type FlowFindings, measureFlow } from './flow.js';
