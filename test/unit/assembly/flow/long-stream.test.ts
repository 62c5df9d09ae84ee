import { expect, it } from 'vitest';
import { OPTION_PACKET_LOG } from '../../../../assembly/abi/enums';
import { Engine } from '../../../../web/engine/instance';
import { SCHEMAS } from '../../../../web/engine/schema';
import { LogTable } from '../../../../web/logs/table';
import { LINKTYPE_RAW, pcapHeader } from '../../../support/captures';
import { engineModule, plainRows } from '../../../support/engine';

const [FIN, SYN, ACK] = [1, 2, 16];
const HEADERS = 16 + 40;
const PAYLOAD = 65_000;
const SEGMENTS = 70_000;

// RFC 9293 §3.4: numbers wrap after 4 GiB; a stream's length does not.
it('a stream of 4.5 GB that begins before a wrap is counted to its last byte', () => {
  const conn = new LogTable('conn');
  let weirds = 0;
  const engine = new Engine(engineModule(), {
    chunk: (chunk) => {
      const name = SCHEMAS[chunk.log]?.name;
      if (name === 'conn') conn.append(chunk);
      else if (name === 'weird') weirds += chunk.rows;
    },
  });
  engine.configure(OPTION_PACKET_LOG, 0);
  engine.begin(7);
  const head = pcapHeader(LINKTYPE_RAW);
  engine.push(head);

  let packets = 0;
  const next = { 1: 2 ** 32 - 10, 2: 2 ** 32 - 2 };
  const send = (from: 1 | 2, flags: number, length: number): void => {
    const record = engine.window(HEADERS + length);
    const view = new DataView(record.buffer, record.byteOffset, record.length);
    record.fill(0, 0, HEADERS + Math.min(length, 16));
    view.setUint32(0, 1_700_000_000 + Math.floor(packets / 1e5), true);
    view.setUint32(4, packets++ % 1e5 * 10, true);
    view.setUint32(8, 40 + length, true);
    view.setUint32(12, 40 + length, true);
    view.setUint8(16, 0x45);
    view.setUint16(18, 40 + length);
    view.setUint8(24, 64);
    view.setUint8(25, 6);
    view.setUint32(28, 0x0a000000 + from);
    view.setUint32(32, 0x0a000000 + (3 - from));
    view.setUint16(36, from === 1 ? 40_000 : 9999);
    view.setUint16(38, from === 1 ? 9999 : 40_000);
    view.setUint32(40, next[from] % 2 ** 32);
    view.setUint32(44, (flags & ACK) === 0 ? 0 : next[from === 1 ? 2 : 1] % 2 ** 32);
    view.setUint8(48, 0x50);
    view.setUint8(49, flags);
    view.setUint16(50, 65_535);
    engine.commit(record.length);
    next[from] += length + ((flags & (SYN | FIN)) === 0 ? 0 : 1);
  };
  send(1, SYN, 0);
  send(2, SYN | ACK, 0);
  send(1, ACK, 0);
  for (let i = 1; i <= SEGMENTS; i++) {
    send(1, ACK, PAYLOAD);
    if (i % 50 === 0) send(2, ACK, 0);
  }
  send(1, FIN | ACK, 0);
  send(2, FIN | ACK, 0);
  send(1, ACK, 0);
  engine.finish();
  expect(plainRows(conn)).toMatchObject([{
    orig_bytes: SEGMENTS * PAYLOAD, resp_bytes: 0, missed_bytes: 0, orig_pkts: SEGMENTS + 4, resp_pkts: SEGMENTS / 50 + 2, history: 'ShADaFf',
  }]);
  expect(weirds).toBe(0);
});
