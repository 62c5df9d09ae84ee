import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';

const text = (value: string): Buffer => Buffer.from(value, 'latin1');
const hex = (value: string): Buffer => Buffer.from(value.replaceAll(' ', ''), 'hex');

/** Pieces of protocols that dissectors look for, and numbers at which they go wrong. */
export const TOKENS: readonly Buffer[] = [
  // HTTP
  'GET / HTTP/1.1\r\n', 'POST /a HTTP/1.1\r\n', 'HEAD / HTTP/1.0\r\n', 'CONNECT a:1 HTTP/1.1\r\n', 'HTTP/1.1 200 OK\r\n', 'HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 101 Switching Protocols\r\n',
  'HTTP/1.1 204 No Content\r\n\r\n', 'HTTP/1.1 206 Partial Content\r\n', 'Host: a.example\r\n', 'Content-Length: 0\r\n', 'Content-Length: 5\r\n', 'Content-Length: -1\r\n',
  'Content-Length: 18446744073709551616\r\n', 'Content-Length: 99999999999\r\n', 'Transfer-Encoding: chunked\r\n', 'Transfer-Encoding: gzip, chunked\r\n', 'Content-Encoding: gzip\r\n',
  'Content-Encoding: br\r\n', 'Content-Encoding: deflate\r\n', 'Content-Encoding: zstd\r\n', 'Content-Type: multipart/form-data; boundary=b\r\n', 'Content-Type: multipart/mixed; boundary="--"\r\n',
  '--b\r\n', '--b--\r\n', 'Content-Disposition: form-data; name="f"; filename="a.exe"\r\n', 'Content-Range: bytes 0-4/10\r\n', 'Connection: close\r\n', 'Upgrade: websocket\r\n', '\r\n', '\r\n\r\n', '\n\n', ': ', ' ', '\t',
  '0\r\n\r\n', 'ffffffffffffffff\r\n', '5\r\nhello\r\n', '5;x=y\r\n', 'Authorization: Basic dXNlcjpwYXNz\r\n', 'Cookie: a=b\r\n', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  // SSH, SMTP, FTP
  'SSH-2.0-x\r\n', '220 mail.example ESMTP\r\n', 'EHLO a\r\n', 'MAIL FROM:<a@b.example>\r\n', 'DATA\r\n', '.\r\n', 'STARTTLS\r\n', 'USER a\r\n', 'PASS b\r\n', '227 Entering Passive Mode (10,0,0,1,4,5)\r\n',
].map(text).concat([
  // DNS: names, pointers (loops among them), types
  '00 00', '03 777777 07 6578616d706c65 00', 'c0 0c', 'c0 00', 'c0 0e', 'ff ff', '3f', '40 00', '00 01 00 01', '00 29 10 00 00 00 00 00 00 00', '00 ff 00 01', '12 34 81 80 00 01 ff ff 00 00 00 00', '12 34 01 00 00 01 00 00 00 00 00 00',
  // TLS: records, hellos, extensions
  '16 03 01 00 05', '16 03 03 40 00', '16 03 03 00 01 01', '16 03 03 ff ff', '01 00 00 26 03 03', '02 00 00 26 03 03', '0b 00 00 03 00 00 00', '0b ff ff ff', '15 03 03 00 02 02 28', '17 03 03 00 01 00', '14 03 03 00 01 01', '00 00 00 0e 00 0c 00 00 09 6c6f63616c686f7374',
  // Files and others
  '4d5a', '7f454c46', '504b0304', '25504446', 'fe534d42', 'ff534d42', '1f8b0800', '28b52ffd', '63825363', '01 01 06 00', '00 00 00 00', 'ff ff ff ff', '80 00 00 00', '7f ff ff ff', '00 00 ff ff',
].map(hex), [gzipSync('hello '.repeat(500)), deflateSync('hello '.repeat(500)), brotliCompressSync(Buffer.from('hello '.repeat(500))), gzipSync(gzipSync(Buffer.alloc(100_000)))]);

/** Ports whose dissectors are told by them, and some that are not. */
export const PORTS: readonly number[] = [20, 21, 22, 23, 25, 53, 67, 68, 69, 80, 88, 110, 123, 135, 137, 139, 143, 161, 389, 443, 445, 465, 500, 514, 587, 636, 853, 993, 1080, 1812, 1883, 1900, 3128, 3306, 3389, 4789, 5060, 5353, 5355, 6667, 8080, 8443, 0, 65535, 40000];
/** Numbers at which lengths go wrong. */
export const EXTREMES: readonly number[] = [0, 1, 2, 3, 4, 7, 8, 12, 16, 20, 40, 0x7f, 0x80, 0xff, 0x100, 0x5dc, 0x3fff, 0x4000, 0x7fff, 0x8000, 0xfffe, 0xffff, 0x10000, 0x40000, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff];
