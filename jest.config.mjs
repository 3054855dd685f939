import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = import.meta.dirname;

/** Names of installed packages that ship ES modules only; Jest runs CommonJS, so these are transformed too. */
function esmPackages(modules = join(root, 'node_modules')) {
  if (!existsSync(modules)) return [];
  return readdirSync(modules)
    .flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(modules, name)).map((n) => `${name}/${n}`) : [name],
    )
    .flatMap((name) => {
      const manifest = join(modules, name, 'package.json');
      const isEsm = existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).type === 'module';
      return [...(isEsm ? [name] : []), ...esmPackages(join(modules, name, 'node_modules'))];
    });
}

const libs = readdirSync(join(root, 'libs')).join('|');
const swc = {
  swcrc: false,
  sourceMaps: 'inline',
  module: { type: 'commonjs' },
  jsc: {
    target: 'es2023',
    keepClassNames: true,
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
  },
};

const shared = {
  rootDir: root,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: [],
  transform: { '^.+\\.(m?js|ts)$': ['@swc/jest', swc] },
  transformIgnorePatterns: [`/node_modules/(?!(.+/node_modules/)?(${esmPackages().join('|')})/)`],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json', 'node'],
  moduleNameMapper: { [`^#(${libs})$`]: '<rootDir>/libs/$1/src/index.ts', '^(\\.{1,2}/.*)\\.js$': '$1' },
};

export default {
  // Much of a test's time is waiting for servers of its own, so that three get along on two cores.
  maxWorkers: 3,
  testSequencer: '<rootDir>/test/support/longest-first.sequencer.mjs',
  reporters: ['default', '<rootDir>/test/support/skipped.reporter.mjs'],
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/{apps,libs,migrations}/**/*.spec.ts'] },
    {
      ...shared,
      displayName: 'system',
      testMatch: ['<rootDir>/test/**/*.spec.ts'],
      globalSetup: '<rootDir>/test/support/global-setup.ts',
      globalTeardown: '<rootDir>/test/support/global-teardown.ts',
    },
  ],
  // A bound on what hangs, far from what any test takes: how fast something is, `npm run bench` says.
  testTimeout: 240_000,
};
