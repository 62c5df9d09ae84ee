import * as abi from '../../../assembly/abi/logs';
import { formatAddress } from '../../logs/address';
import { columnValue, fieldValue, type CellData } from '../../logs/cell';
import { isWrittenLog, LOG_FIELDS, type LogField } from '../../logs/fields';
import { Joins } from '../../logs/joins';
import { packetFlagNames, packetProtoName, protoName } from '../../logs/names/index';
import { PACKET_FLAG_FROM_RESP, PACKET_PROTO_ARP } from '../../../assembly/abi/enums';
import type { CaptureState } from './capture-state';
import type { TableName } from '../api';

/** Logs of the case that are tables of the page. */
export type LogTableName = Exclude<TableName, 'indicators' | 'hosts'>;

const FIELDS = new Map<string, ReadonlyMap<string, LogField>>();

function fieldOf(log: LogTableName, name: string): LogField | undefined {
  let fields = FIELDS.get(log);
  if (!fields) FIELDS.set(log, fields = new Map(isWrittenLog(log) ? LOG_FIELDS[log].map((field) => [field.name, field]) : []));
  return fields.get(name);
}

/** Values of any column of a capture's logs, those that come from elsewhere included. */
export class LogValues {
  private joins: Joins | null = null;
  private joinedAt = -1;
  private flowRows = new Uint32Array(1024);
  private flowsSeen = 0;
  private readonly arpRows = new Map<number, number>();
  private arpSeen = 0;

  constructor(readonly capture: CaptureState) {}

  /** Row of conn of a flow; −1 while it has none. */
  connRow(flow: number): number {
    const conn = this.capture.table('conn');
    for (; this.flowsSeen < conn.rows; this.flowsSeen++) {
      const ordinal = conn.num(this.flowsSeen, abi.COL_FLOW);
      if (ordinal >= this.flowRows.length) {
        const grown = new Uint32Array(Math.max(this.flowRows.length * 2, ordinal + 1));
        grown.set(this.flowRows);
        this.flowRows = grown;
      }
      this.flowRows[ordinal] = this.flowsSeen + 1;
    }
    return flow === 0 ? -1 : (this.flowRows[flow] ?? 0) - 1;
  }

  /** Row of arp of a packet; −1 when it is no ARP message. */
  private arpRow(pkt: number): number {
    const arp = this.capture.table('arp');
    for (; this.arpSeen < arp.rows; this.arpSeen++) this.arpRows.set(arp.num(this.arpSeen, abi.ARP_PKT), this.arpSeen);
    return this.arpRows.get(pkt) ?? -1;
  }

  flow(log: LogTableName, row: number): number {
    const table = this.capture.table(log);
    const column = table.column('flow');
    return column < 0 || table.isNull(row, column) ? 0 : table.num(row, column);
  }

  pkt(log: LogTableName, row: number): number {
    if (log === 'packet') return row + 1;
    const table = this.capture.table(log);
    return table.num(row, table.column('pkt'));
  }

  /** Value of a column of TABLE_COLUMNS. */
  value(log: LogTableName, row: number, name: string): CellData {
    if (name === 'capture') return this.capture.name;
    if (log === 'packet') return this.packetValue(row, name);
    const table = this.capture.table(log);
    const field = fieldOf(log, name);
    if (field) {
      if (!this.joins || this.joinedAt !== this.capture.version) {
        this.joins = new Joins(this.capture.tables);
        this.joinedAt = this.capture.version;
      }
      return fieldValue(table, row, field, this.joins);
    }
    const column = table.column(name);
    return column < 0 ? null : columnValue(table, row, column);
  }

  private packetValue(row: number, name: string): CellData {
    const packets = this.capture.table('packet');
    switch (name) {
      case 'pkt': return row + 1;
      case 'flags': return packetFlagNames(packets.num(row, abi.PACKET_FLAGS));
      case 'interface': return this.interfaceName(packets.num(row, abi.PACKET_INTERFACE));
      case 'ts': case 'len': case 'caplen': case 'offset': return columnValue(packets, row, packets.column(name));
      default:
    }
    const flow = packets.num(row, abi.PACKET_FLOW);
    const code = packets.num(row, abi.PACKET_PROTO);
    if (name === 'flow') return flow === 0 ? null : flow;
    const conn = this.capture.table('conn');
    const connRow = this.connRow(flow);
    if (name === 'proto') {
      const known = packetProtoName(code);
      return connRow >= 0 && code > PACKET_PROTO_ARP ? `${protoName(conn.num(connRow, abi.CONN_PROTO)).toUpperCase()}, ${known}` : known;
    }
    if (connRow < 0) {
      const arp = code === PACKET_PROTO_ARP ? this.arpRow(row + 1) : -1;
      if (arp < 0 || (name !== 'src' && name !== 'dst')) return null;
      return columnValue(this.capture.table('arp'), arp, name === 'src' ? abi.ARP_ORIG_H : abi.ARP_RESP_H);
    }
    const back = (packets.num(row, abi.PACKET_FLAGS) & PACKET_FLAG_FROM_RESP) !== 0;
    switch (name) {
      case 'src': return formatAddress(conn.bytes(connRow, back ? abi.COL_RESP_H : abi.COL_ORIG_H));
      case 'dst': return formatAddress(conn.bytes(connRow, back ? abi.COL_ORIG_H : abi.COL_RESP_H));
      case 'src_p': return conn.num(connRow, back ? abi.COL_RESP_P : abi.COL_ORIG_P);
      case 'dst_p': return conn.num(connRow, back ? abi.COL_ORIG_P : abi.COL_RESP_P);
      case 'service': return columnValue(conn, connRow, abi.CONN_SERVICE);
      case 'uid': return conn.str(connRow, abi.COL_UID);
      default: return null;
    }
  }

  private interfaceName(index: number): string {
    const table = this.capture.table('interface');
    return index < table.rows && !table.isNull(index, abi.INTERFACE_NAME) ? table.str(index, abi.INTERFACE_NAME) : String(index);
  }
}
