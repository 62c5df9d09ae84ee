export { openCaptures } from '../../../web/capture/open';
export { CaptureReader } from '../../../web/capture/reader';
export { prepareDecoders } from '../../../web/decode/instance';
export { fromBlob } from '../../../web/capture/source';
export { ChunkBudget, ChunkStore } from '../../../web/logs/chunk-store';
export { LogTable } from '../../../web/logs/table';
export { originPrivateSpill } from '../../../web/store/spill-file';
export { packRows } from '../table-builder';
export { Store } from '../../../web/store/store';
