// node scripts/slowest-tests.mjs REPORT: the ten slowest tests and files of vitest's JSON report.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const [report] = process.argv.slice(2);
if (existsSync(report) && readFileSync(report, 'utf8').trim() !== '') {
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
  const place = ({ name }) => path.relative(process.cwd(), name);
  const tests = testResults.flatMap((file) =>
    file.assertionResults.map(({ fullName, duration = 0 }) => ({
      name: `${place(file)}: ${fullName}`,
      ms: duration,
    })),
  );
  const files = testResults.map((file) => ({ name: place(file), ms: file.endTime - file.startTime }));
  for (const [what, all] of [
    ['tests', tests],
    ['files', files],
  ]) {
    console.log(`== the ten slowest ${what}`);
    for (const { name, ms } of all.sort((a, b) => b.ms - a.ms).slice(0, 10)) {
      console.log(`${(ms / 1000).toFixed(1).padStart(6)} s  ${name}`);
    }
  }
}
