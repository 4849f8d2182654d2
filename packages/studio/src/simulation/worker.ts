import '../shared/jitless.js';
import { InvalidInputError } from '@metalore/core/errors';
import { serve } from '../shared/rpc.js';
import { policyPlane, type PlaneRequest } from './plane.js';
import { PolicyLibrary, type PolicyFile } from './policies.js';
import type { Inspected, LogEntry, SessionPlan } from './protocol.js';
import { Session } from './session.js';
import { textProblems } from './scenario-text.js';

const library = new PolicyLibrary();
let session: Session | undefined;

function current(): Session {
  if (session === undefined) throw new InvalidInputError('session', [{ path: '', message: 'none is open' }]);
  return session;
}

const handlers = {
  /** Opens a session at step 0 in place of the one before, which stays if this one cannot be opened. */
  async open({ plan, files }: { plan: SessionPlan; files: readonly PolicyFile[] }) {
    for (const file of files) await library.add(file);
    session = new Session(plan, library);
    return session.frame();
  },
  /** Goes to a step; a late one is reached over several calls. */
  goTo({ step, budgetMs, inspected }: { step: number; budgetMs: number; inspected?: Inspected }) {
    current().goTo(step, budgetMs);
    return current().frame(inspected);
  },
  relog({ run, log }: { run: number; log: readonly LogEntry[] }) {
    current().relog(run, log);
    return current().frame();
  },
  check: (text: string) => textProblems(text),
  addPolicy: (file: PolicyFile) => library.add(file),
  plane: (request: PlaneRequest) => policyPlane(request, library),
};

export type SimulationHandlers = typeof handlers;

serve(handlers);
