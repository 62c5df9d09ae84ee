import type { Network } from '../../logs/address';
import { AddressBook } from '../../logs/address-book';
import { FlowIndex } from '../../logs/flow-index';
import type { CaptureTables } from '../../logs/table';
import { TextPool } from '../../logs/text-pool';
import type { Steps } from '../steps';
import { DnsFacts } from './dns';
import { FileRows } from './files';
import { HttpFacts } from './http';
import { Texts } from './texts';
import { CertificateRows, TlsFacts } from './tls';

/**
 * What the extraction and the detectors read of one capture: numbers in plain arrays, each text, address and URL worked
 * out once. It grows with the logs, so that the work is done while rows come in; what is made of it at the end is sums.
 */
export class CaptureFacts {
  readonly book: AddressBook;
  readonly pool = new TextPool();
  readonly texts: Texts;
  readonly index: FlowIndex;
  readonly dns: DnsFacts;
  readonly http: HttpFacts;
  readonly tls: TlsFacts;
  readonly certificates: CertificateRows;
  readonly files: FileRows;

  /**
   * Nothing is taken in yet.
   * @param networks ours, beside RFC 1918 and its kin
   */
  constructor(readonly tables: CaptureTables, networks: readonly Network[] = []) {
    this.book = new AddressBook(networks);
    this.texts = new Texts(this.pool, this.book);
    this.index = new FlowIndex(tables, this.book);
    this.dns = new DnsFacts(tables.get('dns'), this.texts);
    this.http = new HttpFacts(tables.get('http'), this.texts);
    this.tls = new TlsFacts(tables.get('ssl'), this.texts);
    this.certificates = new CertificateRows(tables.get('x509'), this.texts);
    this.files = new FileRows(tables.get('files'), this.texts);
  }

  /** Takes in the rows that came since the last time, a chunk a step. */
  *updateSteps(): Steps<void> {
    yield* this.index.updateSteps();
    for (const log of [this.dns, this.http, this.tls, this.certificates, this.files]) yield* log.updateSteps();
  }
}
