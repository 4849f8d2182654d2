import { answerOf } from '../work/answer.js';
import type { WorkerAnswer } from '../work/answer.js';
import type { ModuleValue } from '../io/modules.js';
import { useModules } from './modules.js';
import { runTask } from './tasks.js';

/** Entry point of worker threads. */
export default function work(request: {
  name: string;
  payload: unknown;
  modules?: readonly ModuleValue[];
}): Promise<WorkerAnswer> {
  return answerOf(async () => {
    await useModules(request.modules ?? []);
    return runTask(request.name, request.payload);
  });
}
