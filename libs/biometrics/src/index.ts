export * from './depth/index.js';
export * from './geometry/index.js';
export * from './mesh/index.js';
export * from './pad/index.js';
export * from './policy/index.js';
export * from './quality/index.js';
export * from './recognition/index.js';
export * from './statistics/index.js';
