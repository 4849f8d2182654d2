import type { Command } from 'commander';
import { serveEnvironments } from '../env-server/serve.js';
import { addModuleOption } from './options.js';

/** `metalore env-server`: environments for a program in another language. */
export function registerEnvServer(program: Command): void {
  const command = program
    .command('env-server')
    .description('Hold environments for another program: binary frames on standard input and output')
    .addHelpText(
      'after',
      '\nThe protocol stands in docs/python-protocol.md; from Python, use the package `metalore`.',
    )
    .action(() => serveEnvironments(0, 1));
  addModuleOption(command);
}
