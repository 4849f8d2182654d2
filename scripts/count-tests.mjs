// count-tests.mjs REPORT STATUS: prints "passed failed" of a vitest JSON report. A file that could not even be loaded counts
// as one failure, and so does a run that ended badly (STATUS) without any test saying so.
import { readFileSync } from 'node:fs';

const [file, status] = process.argv.slice(2);
let passed = 0;
let failed = 0;
try {
  const { testResults } = JSON.parse(readFileSync(file, 'utf8'));
  for (const { status: fileStatus, assertionResults } of testResults) {
    const failures = assertionResults.filter((test) => test.status === 'failed').length;
    passed += assertionResults.filter((test) => test.status === 'passed').length;
    failed += failures > 0 ? failures : fileStatus === 'failed' ? 1 : 0;
  }
} catch {
  // no report: the status tells
}
if (status !== '0' && failed === 0) failed = 1;
console.log(passed, failed);
