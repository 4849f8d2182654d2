import { spawn } from 'node:child_process';
import { note } from '../terminal/output.js';

/** Opens an address in the user's browser, as far as there is one. */
export function openBrowser(url: string): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', url]
        : ['xdg-open', url];
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.on('error', () => note(`no browser could be opened; open ${url} yourself`));
  child.unref();
}
