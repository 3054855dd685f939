import tseslint from 'typescript-eslint';

const tensorflow = {
  group: ['@tensorflow/*', '@tensorflow-models/*', '@mediapipe/*'],
  message: 'Only libs/inference may touch TensorFlow.js.',
};
const drivers = {
  group: ['pg', 'pg-pool'],
  message: 'Database access goes through the unit of work of libs/database.',
};
const outgoing = [
  { group: ['undici'] },
  { group: ['node:http', 'node:https'], importNames: ['request', 'get', 'Agent'] },
].map((each) => ({
  ...each,
  message: 'Only libs/webhooks connects to addresses that tenants name: its agent checks where they lead.',
}));
const deep = {
  regex: '^#.+/|/libs/[^/]+/src/(?!.*/testing/)',
  message: "Import a lib by its name ('#captures'), never its insides.",
};
const apps = { group: ['**/apps/*'], message: 'Libs and apps never import an app.' };

export default tseslint.config(
  {
    ignores: ['dist', 'node_modules', 'coverage', '.data', 'libs/client/dist', 'libs/client/src/openapi.ts'],
  },
  {
    files: ['{apps,libs,migrations,test}/**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      'no-restricted-imports': ['error', { patterns: [tensorflow, drivers, ...outgoing, deep, apps] }],
    },
  },
  {
    files: ['libs/inference/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [drivers, ...outgoing, deep, apps] }] },
  },
  {
    files: ['libs/{database,queue,testing}/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [tensorflow, ...outgoing, deep, apps] }] },
  },
  {
    files: ['libs/webhooks/**/*.ts', 'test/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [tensorflow, drivers, deep, apps] }] },
  },
  {
    files: ['libs/**/*.ts', 'apps/{api,worker}/**/*.ts'],
    ignores: ['libs/client/**', 'libs/inference/src/store/**', '**/*.spec.ts', '**/testing/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        {
          name: 'fetch',
          message:
            'Only libs/webhooks connects to the outside, and libs/inference where it provisions models.',
        },
      ],
    },
  },
  {
    files: ['libs/{captures,subjects,access,audit}/**/*.ts', 'apps/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "MemberExpression[property.name=/^(getRepository|createQueryRunner)$/][object.name='dataSource']",
          message: 'Go through UnitOfWork.inTenant / inSystem.',
        },
        {
          selector:
            "MemberExpression[property.name=/^(query|manager|transaction)$/][object.property.name='dataSource']",
          message: 'Go through UnitOfWork.inTenant / inSystem.',
        },
      ],
    },
  },
  { files: ['apps/cli/**/*.ts', 'test/**/*.ts'], rules: { 'no-console': 'off' } },
  // A table of entries that belong into one place.
  { files: ['libs/errors/src/codes.ts'], rules: { 'max-lines': 'off' } },
  {
    files: ['**/*.spec.ts', 'test/**/*.ts'],
    rules: { 'max-lines': 'off', '@typescript-eslint/unbound-method': 'off' },
  },
);
