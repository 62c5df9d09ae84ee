import * as Comlink from 'comlink';
import { webCrypto } from '../body/sha';
import { hashFor } from './hash-line';
import { living, type Living } from './life';

/** What the page may ask of the hash worker. */
export interface HashWorkerApi extends Living {
  /** Joins the worker to the body worker (ToHash in, FromHash out). May be called again: the body worker was replaced. */
  connect(port: MessagePort): void;
}

const api: HashWorkerApi = {
  ...living,
  connect(port) {
    const sha = webCrypto();
    // Without Web Crypto the page starts none.
    if (sha) hashFor(port, sha);
  },
};

Comlink.expose(api);
