// Draws the folders of all packages and who imports whom, as dependency-cruiser finds it, laid out by Graphviz.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { instance } from '@viz-js/viz';
import { root } from '../scripts/setup.mjs';

const PACKAGES = ['core', 'learn', 'chain', 'live', 'lab', 'studio'];

/** Writes the picture. @throws Error if dependency-cruiser fails */
export async function drawArchitecture(file) {
  const viz = await instance();
  writeFileSync(file, viz.renderString(dotOf(importsOfFolders()), { format: 'svg' }));
}

/** Pairs of folders, `package/folder`, the first of which imports the second. */
function importsOfFolders() {
  const command = path.join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const sources = PACKAGES.map((name) => `packages/${name}/src`);
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 1e9 };
  const found = spawnSync(process.execPath, [command, ...sources, '--output-type', 'json'], options);
  if (found.stdout === '') throw new Error(found.stderr);
  const imports = new Map();
  for (const { source, dependencies } of JSON.parse(found.stdout).modules) {
    const from = folderOf(source);
    if (from === undefined) continue;
    if (!imports.has(from)) imports.set(from, new Set());
    for (const { resolved } of dependencies) {
      const to = folderOf(resolved);
      if (to !== undefined && to !== from) imports.get(from).add(to);
    }
  }
  return imports;
}

/** A package without folders is one room; elsewhere files beside the folders hand their contents on, or begin a page. */
function folderOf(file) {
  const [, name, folder] = /^packages\/([^/]+)\/src\/(?:([^/]+)\/)?/.exec(file) ?? [];
  if (name === 'chain') return 'chain/contracts and chain';
  return folder !== undefined && PACKAGES.includes(name) ? `${name}/${folder}` : undefined;
}

/** What is not implied by other imports: a → c goes where a → b → c is there. */
function direct(imports) {
  const reached = new Map();
  const reach = (from) => {
    if (reached.has(from)) return reached.get(from);
    const all = new Set();
    reached.set(from, all);
    for (const to of imports.get(from) ?? []) for (const further of [to, ...reach(to)]) all.add(further);
    return all;
  };
  return [...imports].flatMap(([from, targets]) =>
    [...targets]
      .filter((to) => ![...targets].some((other) => other !== to && reach(other).has(to)))
      .map((to) => [from, to]),
  );
}

const packageOf = (folder) => folder.split('/')[0];

/** Packages as frames, in each the imports among its folders, and one arrow from a package to another that it needs. */
function dotOf(imports) {
  const folders = [
    ...new Set([...imports.keys(), ...[...imports.values()].flatMap((all) => [...all])]),
  ].sort();
  const inside = new Map(folders.map((from) => [from, new Set()]));
  const across = new Map(PACKAGES.map((name) => [name, new Set()]));
  for (const [from, targets] of imports) {
    for (const to of targets) {
      if (packageOf(from) === packageOf(to)) inside.get(from).add(to);
      else across.get(packageOf(from)).add(packageOf(to));
    }
  }
  const foldersOf = (name) => folders.filter((folder) => packageOf(folder) === name);
  const clusters = PACKAGES.map((name) => {
    const nodes = foldersOf(name).map((folder) => `"${folder}" [label="${folder.slice(name.length + 1)}"]`);
    return `subgraph "cluster ${name}" { label="${name}"; ${nodes.join('; ')} }`;
  });
  const arrows = direct(inside).map(([from, to]) => `"${from}" -> "${to}"`);
  // An arrow leaves a package at the folder furthest down and enters one at the folder furthest up, so that all point to the
  // right; it is drawn from frame to frame.
  const height = (folder) => 1 + Math.max(0, ...[...inside.get(folder)].map(height));
  const top = (name) => foldersOf(name).sort((a, b) => height(b) - height(a))[0];
  const bottom = (folder) => {
    const next = [...inside.get(folder)].sort((a, b) => height(b) - height(a))[0];
    return next === undefined ? folder : bottom(next);
  };
  const between = direct(across).map(([from, to]) => {
    const [tail, head] = [bottom(top(from)), top(to)];
    return `"${tail}" -> "${head}" [ltail="cluster ${from}", lhead="cluster ${to}", color="#0072b2", penwidth=2.5, arrowsize=1, weight=5]`;
  });
  return `digraph {
    compound=true; newrank=true; rankdir=LR; ranksep=0.45; nodesep=0.1; bgcolor=white; fontname="Helvetica,Arial,sans-serif"; fontsize=15
    color="#b9c4d2"; style=rounded
    node [shape=box, style="rounded,filled", fillcolor="#f3f6fa", color="#8a99ad", fontname="Helvetica,Arial,sans-serif", fontsize=11, height=0.26, margin="0.13,0.03"]
    edge [arrowsize=0.5, penwidth=0.7, color="#555555"]
    ${[...clusters, ...arrows, ...between].join('\n    ')}
  }`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await drawArchitecture(path.join(root, 'docs', 'figures', 'architecture.svg'));
}
