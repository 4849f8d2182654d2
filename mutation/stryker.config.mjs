const files = process.env.MUTATION_FILES ?? 'packages/core/src/**/*.ts';

/** What `npm run mutate` runs: mutants of core against the tests of core. */
export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner', './mutation/sample.mjs'],
  ignorers: ['sample'],
  mutate: [files, '!**/*.test.ts', '!**/testing/**'],
  vitest: { configFile: 'mutation/vitest.config.ts', related: true },
  coverageAnalysis: 'perTest',
  // Constants of a module would need every test for every mutant; words of messages are not behaviour.
  ignoreStatic: true,
  mutator: { excludedMutations: ['StringLiteral'] },
  concurrency: 2,
  timeoutMS: 10_000,
  reporters: ['progress-append-only', 'json'],
  jsonReporter: { fileName: 'runs/mutation/mutation.json' },
  tempDirName: 'runs/mutation/work',
  ignorePatterns: ['runs', 'python', '.ci'],
  cleanTempDir: 'always',
};
