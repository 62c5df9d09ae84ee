export { openCaptures } from '../../../web/capture/open';
export { CaptureReader } from '../../../web/capture/reader';
export { fromBlob } from '../../../web/capture/source';
export { Store } from '../../../web/store/store';
