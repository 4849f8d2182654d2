export { decodeLabelRuns, encodeLabelRuns, type LabelRuns } from './label-runs.js';
export { Phases, type Phase } from './phases.js';
export { presetDocument, presetNames } from './presets.js';
export {
  changeScenario,
  parseScenario,
  scenarioJsonSchema,
  scenarioProblems,
  type CellScenario,
  type Scenario,
  type ScenarioInput,
} from './scenario.js';
