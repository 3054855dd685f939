export { ERROR_CODES, type ErrorCode } from './codes.js';
export { ProblemError, type ProblemOptions, type Violation } from './problem.js';
