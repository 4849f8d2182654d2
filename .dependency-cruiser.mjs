/**
 * The order of folders: a folder imports only from those before it in its package. What is not named here is a system, or
 * one of its parts: it stands where `…systems` stands and imports no other system. Type-only imports count.
 */
const ORDER = {
  core: [
    'errors',
    'math',
    'registry',
    'random',
    'collections',
    'document',
    'environment',
    'radio',
    'mobility',
    'traffic',
    'policy',
    'serving',
    '…systems',
    'city',
  ],
  learn: [
    'kernel',
    'protobuf',
    'logging',
    'network',
    'normalize',
    'policy-file',
    'replay',
    'training',
    'off-policy',
    '…systems',
    'recipes',
    'onnx',
  ],
  live: [
    'message',
    'ledger',
    'twin',
    'store',
    'analysis',
    'ingest',
    'foresight',
    'access',
    'service',
    'broker',
    'http',
    '…systems',
  ],
  lab: [
    'terminal',
    'io',
    'results',
    'statistics',
    'figures',
    'work',
    'study',
    'policy',
    '…systems',
    'city',
    'learn',
    'env-server',
    'registry',
    'studio-server',
    'commands',
  ],
};

/** The packages themselves are ordered by eslint, which knows them by their names. */
const rules = Object.entries(ORDER).flatMap(([name, order]) => {
  const source = `^packages/${name}/src/`;
  const named = order.filter((folder) => !folder.startsWith('…'));
  const systems = order.indexOf('…systems');
  const folder = (names) => `${source}(${names.join('|')})/`;
  const system = `${source}(?!(?:${named.join('|')})/)([^/]+)/`;
  const upwards = order.map((from, at) => {
    const later = order.slice(at + 1);
    const above = later.filter((entry) => named.includes(entry));
    const targets = [
      ...(above.length > 0 ? [folder(above)] : []),
      ...(at < systems ? [system] : []),
      `${source}[^/]+$`, // files of the package itself, such as its index
    ];
    return {
      name: `${name}: ${from === '…systems' ? 'systems' : from} before what imports it`,
      severity: 'error',
      from: { path: at === systems ? system : folder([from]) },
      to: { path: targets },
    };
  });
  const sideways = {
    name: `${name}: no system imports another`,
    comment: 'What two systems need goes down into a shared folder.',
    severity: 'error',
    from: { path: system },
    to: { path: system, pathNot: `${source}$1/` },
  };
  return [...upwards, sideways];
});

export default {
  forbidden: [
    { name: 'no circles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no file that is not there', severity: 'error', from: {}, to: { couldNotResolve: true } },
    ...rules,
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.test.json' },
    enhancedResolveOptions: {
      conditionNames: ['metalore-source', 'svelte', 'import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
    },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/dist/|\\.test\\.ts$|/testing/' },
  },
};
