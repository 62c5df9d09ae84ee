import { formatAddress, isV4 } from './address';

/** The URL of a request target at an authority; '' for `*`. */
export function urlOf(target: string, authority: string): string {
  if (target === '' || target === '*') return '';
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(target)) return target;
  return `http://${authority}${target.startsWith('/') ? '' : '/'}${target}`;
}

/**
 * Host header with a port where it is not 80; the responder's address when there is no Host header.
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
