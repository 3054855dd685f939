export { openConfiguredQueue, Platform, readSecret } from './platform.js';
