// Writes what the built packages export to api/, or with --check says what is not up to date there: one file a package, every exported
// name with its declaration, without comments. The files are committed, so that a change of the public surface is seen in a review; CI
// checks that they are up to date.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const root = path.join(import.meta.dirname, '..');
const packages = ['core', 'learn', 'chain', 'live', 'lab'];

/** The report of a package by its name, from its built declarations. */
function apiReport(name) {
  const folder = path.join(root, 'packages', name);
  const { name: packageName, exports } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const entries = Object.entries(exports ?? {}).flatMap(([entry, target]) =>
    entriesOf(folder, entry, target.types),
  );
  const program = ts.createProgram(
    entries.map(({ file }) => file),
    { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2023, skipLibCheck: true, noLib: true },
  );
  const checker = program.getTypeChecker();
  const seen = new Map();
  const sections = entries.map(({ entry, file }) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(file));
    const symbols = checker.getExportsOfModule(module).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const lines = symbols.map((symbol) => {
      const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      const known = seen.get(target);
      if (known !== undefined) return `${symbol.name}: as in ${known}`;
      seen.set(target, entry);
      return (target.declarations ?? []).map(declarationText).join('\n');
    });
    return `## ${entry}\n\n${lines.join('\n')}\n`;
  });
  return `# ${packageName}\n\n${sections.join('\n')}`;
}

function entriesOf(folder, entry, types) {
  if (types === undefined) return [];
  if (!entry.includes('*')) return [{ entry, file: path.join(folder, types) }];
  const [before, after] = types.split('*');
  return readdirSync(path.join(folder, before))
    .sort()
    .map((part) => ({ entry: entry.replace('*', part), file: path.join(folder, before, part + after) }))
    .filter(({ file }) => existsSync(file));
}

const printer = ts.createPrinter({ removeComments: true });

/** A declaration in full, without comments and private members; of a value, its whole statement. */
function declarationText(declaration) {
  const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  const text = printer.printNode(ts.EmitHint.Unspecified, node, declaration.getSourceFile());
  return text
    .replace(/^export /, '')
    .replace(/^declare /, '')
    .split('\n')
    .filter((line) => !/^\s+(#private|private )/.test(line))
    .join('\n');
}

/** The compiler writes the members of some types in the order in which it met them, which differs from build to build. */
const inAnyOrder = (report) => report.split('\n').sort().join('\n');

const isCheck = process.argv.includes('--check');
const stale = [];
mkdirSync(path.join(root, 'api'), { recursive: true });
for (const name of packages) {
  const file = path.join(root, 'api', `${name}.txt`);
  const report = apiReport(name);
  if (!isCheck) writeFileSync(file, report);
  else if (!existsSync(file) || inAnyOrder(readFileSync(file, 'utf8')) !== inAnyOrder(report))
    stale.push(`api/${name}.txt`);
}
if (stale.length > 0) {
  console.error(`The public surface has changed: npm run api writes ${stale.join(', ')} anew.`);
  process.exitCode = 1;
}
