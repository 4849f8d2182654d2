import { defineConfig } from 'vitest/config';
import base from '../vitest.config.js';

/** The tests of core alone: a mutant has to be caught by its own package. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: ['packages/core/src/**/*.test.ts'] },
});
