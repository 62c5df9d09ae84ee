// Indicators: extraction, scoring, advisories, defanging, printing. `analyseCase` of web/detect/analyse.ts does all of it.

export { extractIndicators, type CaptureInput, type ExtractOptions } from './extract/index';
export { applyVerdicts, compareIndicators, scoreIndicator, severityOf } from './score';
export { matchAdvisory, parseAdvisory, type AdvisoryItem } from './advisory';
export { defang, refang } from './defang';
export { csvField, csvLine } from './csv';
export { defangText, formatIndicators, isoTime, printable, type IndicatorFormat } from './format';
export { classifyAddress, classifyName, keyOf, normaliseEmail, normaliseName, normaliseUrl, registrableDomain } from './normalise';
