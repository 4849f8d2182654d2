import type { ServingScenario } from '../scenario.js';
import { parseServingScenario } from '../scenario.js';

/** The scenario `edge-models`, with another workload if wanted. */
export function edgeModels(workload: Partial<ServingScenario['workload']> = {}): ServingScenario {
  return parseServingScenario({
    kind: 'serving',
    server: {},
    costs: {},
    workload,
    services: [
      { model: 'GPT3-13B', count: 30 },
      { model: 'GPT3-175B', count: 1 },
      { model: 'UniFormer-S', count: 2, each: 'artefact' },
      { model: 'UniFormer-B', count: 2, each: 'artefact' },
      { model: 'CLIP-ViT-L/14', count: 10 },
      { model: 'CLIP-ViT-H/14', count: 10 },
    ],
  });
}
