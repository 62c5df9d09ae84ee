import type { WrittenLog } from '../../web/logs/fields';
import type { CaptureTables } from '../../web/logs/table';
import { ZeekWriter } from '../../web/logs/zeek-writer';
import { engineModule } from './engine';

const copies = (blocks: Iterable<Uint8Array>): Uint8Array[] => Array.from(blocks, (block) => block.slice());

/** The blocks of a log as JSON lines. */
export function zeekJson(log: WrittenLog, tables: CaptureTables, rows?: Uint32Array): Uint8Array[] {
  return copies(new ZeekWriter(engineModule(), tables).json(log, rows));
}

/** The blocks of a log as TSV. */
export function zeekTsv(log: WrittenLog, tables: CaptureTables, rows?: Uint32Array): Uint8Array[] {
  return copies(new ZeekWriter(engineModule(), tables).tsv(log, rows));
}
