export { parseRules, type Rule } from './analysis/rules.js';
export type { Alarm } from './analysis/alarms.js';
export { Live, type LiveOptions } from './service/live.js';
export { DATABASE_FILE, SqliteStore } from './store/sqlite.js';
export { PUBLIC_KEY_FILE } from './ledger/index.js';
export { playFleet, type FleetMetrics, type FleetOptions, type FleetReport } from './fleet/fleet.js';
export { loadLive, type LoadOptions, type LoadReport, type LoadSecond } from './load/load.js';
export { verifyLedger, type Fault, type Verdict } from './verify.js';
export { openStore, runLive, type LiveServer, type RunLiveOptions } from './run.js';
