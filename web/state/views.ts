import type { TableName } from '../worker/api';

export type ViewName = 'overview' | TableName;

export interface ViewEntry {
  readonly name: ViewName;
  readonly title: string;
  /** The letter after `g` that goes there. */
  readonly key: string;
  /** Logs stand together under one heading. */
  readonly group: 'main' | 'logs' | 'packets';
  /** What a row is, for counts and empty states. */
  readonly noun: string;
}

/** Every view, in the order of the navigation. */
export const VIEWS: readonly ViewEntry[] = [
  { name: 'overview', title: 'Overview', key: 'o', group: 'main', noun: '' },
  { name: 'indicators', title: 'Indicators', key: 'i', group: 'main', noun: 'indicators' },
  { name: 'hosts', title: 'Hosts', key: 'h', group: 'main', noun: 'hosts' },
  { name: 'conn', title: 'Flows', key: 'f', group: 'main', noun: 'flows' },
  { name: 'dns', title: 'DNS', key: 'd', group: 'logs', noun: 'DNS exchanges' },
  { name: 'http', title: 'HTTP', key: 't', group: 'logs', noun: 'HTTP requests' },
  { name: 'ssl', title: 'TLS', key: 's', group: 'logs', noun: 'TLS sessions' },
  { name: 'x509', title: 'Certificates', key: 'c', group: 'logs', noun: 'certificates' },
  { name: 'weird', title: 'Weird', key: 'w', group: 'logs', noun: 'oddities' },
  { name: 'arp', title: 'ARP', key: 'a', group: 'logs', noun: 'ARP messages' },
  { name: 'files', title: 'Files', key: 'b', group: 'packets', noun: 'files' },
  { name: 'packet', title: 'Packets', key: 'p', group: 'packets', noun: 'packets' },
];

const BY_NAME: ReadonlyMap<string, ViewEntry> = new Map(VIEWS.map((view) => [view.name, view]));

/** The entry of a view; the overview for a name that is none. */
export function viewEntry(name: string): ViewEntry {
  return BY_NAME.get(name) ?? (VIEWS[0] as ViewEntry);
}

/** True for the name of a view (an address typed by hand may hold anything). */
export function isView(name: string): name is ViewName {
  return BY_NAME.has(name);
}
