import type { Store } from '../../store/store';

/** What the analysis needs of the store; `Store` of web/store/store.ts is one. */
export interface StorePort extends Pick<Store,
  'status' | 'setSwitch' | 'keep' | 'keepCapture' | 'openKept' | 'deleteCapture' | 'deleteAll' | 'exportAll' | 'importArchive' | 'localNetworks' | 'setLocalNetworks'> {
  readonly captures: Pick<Store['captures'], 'history' | 'get' | 'recognise' | 'eachChunk' | 'indicators' | 'seen'>;
  readonly analysts: Pick<Store['analysts'], 'identity' | 'setIdentity' | 'verdicts' | 'verdictsOf' | 'putVerdicts' | 'identities' | 'putIdentities' | 'imports' | 'putImports'>;
}
