/** The architecture's arrows: apps wire libs; pure libs stay pure; nothing runs in a circle. */
const only = (lib, allowed, comment) => ({
  name: `${lib}-imports`,
  comment,
  severity: 'error',
  from: { path: `^libs/${lib}/`, pathNot: '\\.spec\\.ts$' },
  to: { path: '^(libs|apps)/', pathNot: `^libs/(${[lib, ...allowed].join('|')})/` },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'libs-never-import-apps',
      severity: 'error',
      from: { path: '^(libs|migrations)/' },
      to: { path: '^apps/' },
    },
    {
      name: 'apps-stand-alone',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    only('errors', [], 'the bottom of the tree'),
    only('config', ['crypto', 'errors'], 'configuration knows no use case'),
    only('crypto', ['errors'], 'cryptography knows no use case'),
    only('storage', ['errors'], 'the blob port knows no use case'),
    only('biometrics', ['errors'], 'pure: no I/O, no framework'),
    only('pictures', ['biometrics', 'errors'], 'decoding, without any network'),
    only('artifacts', ['biometrics', 'errors'], 'bytes in, bytes out'),
    only('analysis', ['artifacts', 'biometrics', 'errors', 'pictures'], 'loads no TensorFlow.js'),
    only('inference', ['biometrics', 'errors', 'pictures'], 'the only door to TensorFlow.js'),
    only('database', ['errors'], 'the database lib knows no use case'),
    only('queue', ['errors'], 'the queue lib knows no use case'),
    only('client', [], 'a package of its own: whatever it needs comes with it'),
    only('receipts', ['errors'], 'signs claims, knows no use case'),
    only('idempotency', ['crypto', 'database', 'errors'], 'names of requests, whatever they ask for'),
    only(
      'webhooks',
      ['audit', 'crypto', 'database', 'errors', 'queue', 'subjects'],
      'carries events, whatever they are about',
    ),
    only('observability', ['errors'], 'logging knows no use case'),
    {
      name: 'production-code-without-testing',
      severity: 'error',
      from: { path: '^(apps|libs|migrations)/', pathNot: ['\\.spec\\.ts$', '^libs/testing/'] },
      to: { path: '^libs/testing/' },
    },
    {
      name: 'biometrics-is-pure',
      comment: 'fft.js is arithmetic and nothing else',
      severity: 'error',
      from: { path: '^libs/biometrics/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['npm', 'core'], pathNot: '^node_modules/fft\\.js/' },
    },
    {
      name: 'no-dev-dependencies',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: ['\\.spec\\.ts$', '^libs/testing/'] },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'require', 'node', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
