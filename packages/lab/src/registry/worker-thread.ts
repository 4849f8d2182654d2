import { answerOf } from '../work/answer.js';
import type { WorkerAnswer } from '../work/answer.js';
import { runTask } from './tasks.js';

/** Entry point of worker threads. */
export default function work(request: { name: string; payload: unknown }): Promise<WorkerAnswer> {
  return answerOf(() => runTask(request.name, request.payload));
}
