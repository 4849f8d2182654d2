export { cityAccounts, type Account, type ServerAccounts } from './accounts.js';
export { CHOICES, chooseSplits } from './choose-splits.js';
export { runCity, type CityEpisode, type CityRun } from './run.js';
export { CITY_DEFAULTS, cityScenario, type CityScenario, type CityScenarioOptions } from './scenario.js';
export { unitMapping, type UnitMapping } from './units.js';
