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
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(uri)) return uri;
  return `http://${requestAuthority(http, row)}${uri.startsWith('/') ? '' : '/'}${uri}`;
}

/** Host header with a port where it is not 80; the responder's address when there is no Host header. */
export function requestAuthority(http: LogTable, row: number): string {
  const port = http.num(row, abi.COL_RESP_P);
  let host = http.str(row, abi.HTTP_HOST);
  if (host === '') {
    const bytes = http.bytes(row, abi.COL_RESP_H);
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
