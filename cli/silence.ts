import {
  COUNTER_MALFORMED_PACKETS, COUNTER_PACKETS, COUNTER_UNDECODED_LINK_PACKETS, COUNTER_UNDECODED_NETWORK_PACKETS,
} from '../assembly/abi/counters';
import { INTERFACE_LINKTYPE } from '../assembly/abi/logs';
import { WRITTEN_LOGS } from '../web/logs/fields';
import { linkTypeName } from '../web/logs/names';
import type { FarRows } from './captures';
import type { CaptureTables } from '../web/logs/table';

/** Why a capture that was read gives no log, in one sentence; '' when it gives one. */
export function whySilent(tables: CaptureTables, counters: BigUint64Array, far?: Pick<FarRows, 'rows' | 'links'>): string {
  if (WRITTEN_LOGS.some((log) => (tables.get(log)?.rows ?? 0) + (far?.rows[log] ?? 0) > 0)) return '';
  const count = (counter: number): number => Number(counters[counter] ?? 0n);
  const packets = count(COUNTER_PACKETS);
  if (packets === 0) return 'There are no packets in this capture.';
  const reasons: string[] = [];
  const said = (n: number, what: string): void => { if (n > 0) reasons.push(`${n.toLocaleString('en-US')} ${what}`); };
  const interfaces = tables.get('interface');
  const links = new Set<string>(far?.links.map(linkTypeName));
  for (let row = 0; interfaces && row < interfaces.rows; row++) links.add(linkTypeName(interfaces.num(row, INTERFACE_LINKTYPE)));
  said(count(COUNTER_UNDECODED_LINK_PACKETS), `of a link type that is not decoded (${[...links].join(', ')})`);
  said(count(COUNTER_UNDECODED_NETWORK_PACKETS), 'that carry neither IP nor ARP');
  said(count(COUNTER_MALFORMED_PACKETS), 'cut short or malformed');
  return `${packets.toLocaleString('en-US')} ${packets === 1 ? 'packet' : 'packets'}, but nothing for a log${reasons.length > 0 ? `: ${reasons.join(', ')}` : ''}.`;
}
