import * as abi from '../../assembly/abi/logs';
import { formatAddress, isV4 } from './address';
import type { LogTable } from './table';

/**
 * The URL of an http row as it was asked for, not normalised: the absolute form that proxies get, or `http://` with
 * the Host header (else the responder's address), the responder's port unless 80 or given, and the request target.
 * '' for CONNECT, `*`, and rows without a request.
 */
export function requestUrl(http: LogTable, row: number): string {
  // The target as it was sent: with its escapes undone, a `%23` would cut the URL short.
  const uri = http.str(row, abi.HTTP_URI_RAW) || http.str(row, abi.HTTP_URI);
  if (uri === '' || uri === '*' || http.str(row, abi.HTTP_METHOD) === 'CONNECT') return '';
  return urlOf(uri, requestAuthority(http, row));
}

/** The URL of a request target at an authority; '' for `*`. */
export function urlOf(target: string, authority: string): string {
  if (target === '' || target === '*') return '';
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(target)) return target;
  return `http://${authority}${target.startsWith('/') ? '' : '/'}${target}`;
}

/** Host header with a port where it is not 80; the responder's address when there is no Host header. */
export function requestAuthority(http: LogTable, row: number): string {
  return authorityOf(http.str(row, abi.HTTP_HOST), http.num(row, abi.COL_RESP_P), () => http.bytes(row, abi.COL_RESP_H));
}

/**
 * See `requestAuthority`.
 * @param responder address of the responder, 16 bytes; asked for only when `given` (the Host header) is empty
 */
export function authorityOf(given: string, port: number, responder: () => Uint8Array): string {
  let host = given;
  if (host === '') {
    const bytes = responder();
    host = isV4(bytes) ? formatAddress(bytes) : `[${formatAddress(bytes)}]`;
  } else if (/:\d{1,5}$/.test(host) && !isBareV6(host)) {
    return host;
  } else if (isBareV6(host)) {
    host = `[${host}]`;
  }
  return port === 80 || port === 0 ? host : `${host}:${port}`;
}

function isBareV6(host: string): boolean {
  return !host.startsWith('[') && host.indexOf(':') !== host.lastIndexOf(':');
}
