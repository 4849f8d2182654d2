import tseslint from 'typescript-eslint';
import globals from 'globals';
import svelte from 'eslint-plugin-svelte';

/** core → learn, chain, live → lab → studio: a package imports only from those to its left. */
const forbid = (...packages) => ({
  'no-restricted-imports': [
    'error',
    {
      patterns: [
        ...packages.map((name) => ({
          group: [name, `${name}/*`],
          message:
            'Data flows core → learn, chain, live → lab → studio; import only from packages to the left.',
        })),
      ],
    },
  ],
});

const nodeBuiltins = [
  'node:*',
  'fs',
  'path',
  'os',
  'worker_threads',
  'child_process',
  'http',
  'net',
  'stream',
  'url',
  'util',
  'crypto',
];

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '**/.venv/**',
      'python/src/metalore/_js/**',
      'coverage/**',
      'runs/**',
      'site/work/**',
      'site/.vitepress/cache/**',
      '**/fixtures/**',
      // AssemblyScript, which has decorators where TypeScript has none.
      'packages/learn/kernel/kernel.ts',
    ],
  },
  ...tseslint.configs.recommended,
  ...svelte.configs['flat/recommended'],
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser }, globals: globals.browser },
  },
  { files: ['{scripts,examples,site}/**/*.mjs', '**/*.js'], languageOptions: { globals: globals.node } },
  { files: ['examples/page.mjs'], languageOptions: { globals: globals.browser } },
  {
    files: ['**/*.ts'],
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-console': 'error',
      eqeqeq: 'error',
      'prefer-const': 'error',
    },
  },
  {
    // Rules that need types. An index is trusted to be in range (noUncheckedIndexedAccess is off: typed arrays in hot
    // paths would need an assertion at every access), so an assertion that changes nothing is refused.
    files: [
      'packages/{core,learn,chain,live,lab}/src/**/*.ts',
      'packages/*/test/**/*.ts',
      'bench/**/*.ts',
      '{fuzz,mutation}/**/*.ts',
    ],
    languageOptions: {
      parserOptions: { project: './tsconfig.test.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
    },
  },
  {
    files: ['packages/core/src/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: [
                ...nodeBuiltins,
                '@metalore/learn',
                '@metalore/learn/*',
                '@metalore/chain',
                '@metalore/live',
                'metalore',
                '@metalore/studio',
              ],
              message: 'core is pure TypeScript: no Node built-ins, nothing from the packages to its right.',
            },
          ],
        },
      ],
      'no-restricted-globals': ['error', 'process', 'Buffer', 'require', '__dirname'],
    },
  },
  {
    files: ['packages/learn/src/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: forbid('@metalore/chain', '@metalore/live', 'metalore', '@metalore/studio'),
  },
  {
    files: ['packages/chain/src/**/*.ts'],
    ignores: ['**/*.test.ts', '**/testing/**'],
    rules: {
      ...forbid('@metalore/learn', '@metalore/live', 'metalore', '@metalore/studio'),
      'no-restricted-globals': ['error', 'process', 'Buffer', 'require', '__dirname'],
    },
  },
  {
    files: ['packages/live/src/**/*.ts'],
    ignores: ['**/*.test.ts', '**/testing/**'],
    rules: forbid('@metalore/learn', '@metalore/chain', 'metalore', '@metalore/studio'),
  },
  { files: ['packages/lab/src/**/*.ts'], rules: forbid('@metalore/studio') },
  {
    files: ['bench/**/*.ts', '{fuzz,mutation}/**/*.ts', 'packages/lab/src/**/*.ts', '**/*.test.ts'],
    rules: { 'no-console': 'off' },
  },
);
