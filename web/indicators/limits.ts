// Every bound of the extraction. When one trips, `Analysis.caps` says so.

export const MAX_SIGHTING_HOSTS = 64;
export const MAX_SIGHTING_PACKETS = 64;
export const MAX_SIGHTING_FLOWS = 64;
/** Indicators of one case; the rest are counted. */
export const MAX_INDICATORS = 500_000;
/** Different names below one registrable domain in one case; more are folded into the registrable domain (DNS tunnels). */
export const MAX_NAMES_PER_DOMAIN = 256;
/** Different URLs of one host in one case; more are counted and left out. */
export const MAX_URLS_PER_HOST = 2000;
/** Longer URLs and user agents are no indicators (characters). */
export const MAX_URL_LENGTH = 4096;
export const MAX_USER_AGENT_LENGTH = 1024;
/** Related indicators of one indicator. */
export const MAX_RELATED = 64;
/** Names kept of one file or certificate. */
export const MAX_NAMES = 32;
/** Advisory text that is looked at (characters), and the indicators taken from it. */
export const MAX_ADVISORY_LENGTH = 4_000_000;
export const MAX_ADVISORY_INDICATORS = 100_000;
