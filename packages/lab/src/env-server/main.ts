/** Entry point of a process that holds environments for another: `node …/env-server/main.js`, frames on its pipes. */
import { serveEnvironments } from './serve.js';

serveEnvironments(0, 1);
