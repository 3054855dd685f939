export { ERROR_CODES, type ErrorCode, type ErrorMeaning, meaningOfCode } from './codes.js';
export { ProblemError, type ProblemOptions, type Violation } from './problem.js';
