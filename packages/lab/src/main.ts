/** The `metalore` command as a program of its own, for packages that hold it bundled. */
import { main } from './cli.js';

process.exitCode = await main(process.argv.slice(2));
