export { ConfigError, parseConfig, parseEnvironment, type Config, type SecretSource } from './config.js';
export { newTokenKeys } from './development-secrets.js';
export { replaceSecretFile } from './replace-secret-file.js';
export { environmentSchema, type Environment } from './schema.js';
