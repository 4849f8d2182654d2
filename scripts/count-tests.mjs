// count-tests.mjs STATUS VITEST [JUNIT]: prints "passed failed" over a vitest JSON report and a JUnit report (pytest's). A file
// that could not even be loaded counts as one failure, and so does a run that ended badly (STATUS) without any test saying so.
import { existsSync, readFileSync } from 'node:fs';

const [status, vitest, junit] = process.argv.slice(2);
let passed = 0;
let failed = 0;
try {
  const { testResults } = JSON.parse(readFileSync(vitest, 'utf8'));
  for (const { status: fileStatus, assertionResults } of testResults) {
    const failures = assertionResults.filter((test) => test.status === 'failed').length;
    passed += assertionResults.filter((test) => test.status === 'passed').length;
    failed += failures > 0 ? failures : fileStatus === 'failed' ? 1 : 0;
  }
} catch {
  // no report: the status tells
}
if (junit !== undefined && existsSync(junit)) {
  const suite = /<testsuite [^>]*>/.exec(readFileSync(junit, 'utf8'))?.[0] ?? '';
  const count = (name) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const bad = count('errors') + count('failures');
  passed += count('tests') - bad - count('skipped');
  failed += bad;
}
if (status !== '0' && failed === 0) failed = 1;
console.log(passed, failed);
