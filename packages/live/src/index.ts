export { parseRules, type Rule } from './analysis/rules.js';
export type { Alarm } from './analysis/alarms.js';
export { Live, type LiveOptions } from './live.js';
export { SqliteStore, DATABASE_FILE } from './store/sqlite.js';
export { playFleet, type FleetMetrics, type FleetOptions, type FleetReport } from './fleet/fleet.js';
export { verifyLedger, type Fault, type Verdict } from './verify.js';
export { runLive, type LiveServer, type RunLiveOptions } from './run.js';
