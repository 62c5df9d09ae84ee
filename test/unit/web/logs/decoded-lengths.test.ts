import { describe, expect, it } from 'vitest';
import { applyDecodedLengths } from '../../../../web/logs/decoded-lengths';
import { buildTable } from '../../../support/table-builder';

describe('lengths of compressed bodies', () => {
  it('become what was inside, only where one body was compressed', () => {
    const http = buildTable('http', [
      { request_body_len: 0, response_body_len: 40, resp_fuids: ['Fzip'] },
      { request_body_len: 7, response_body_len: 50, orig_fuids: ['Fzip2'], resp_fuids: ['Fplain'] },
      { request_body_len: 0, response_body_len: 60, resp_fuids: ['Fzip', 'Fplain'] },
      { request_body_len: 0, response_body_len: 0 },
    ], 2);
    const files = buildTable('files', [
      { fuid: 'Fzip', seen_bytes: 1000, content_encoding: 'gzip' },
      { fuid: 'Fzip2', seen_bytes: 2000, content_encoding: 'br' },
      { fuid: 'Fplain', seen_bytes: 50 },
    ]);
    const lengths = (): number[][] => Array.from({ length: http.rows }, (_, r) => [
      http.num(r, http.column('request_body_len')), http.num(r, http.column('response_body_len')),
    ]);
    const expected = [[0, 1000], [2000, 50], [0, 60], [0, 0]];
    applyDecodedLengths(http, files);
    expect(lengths()).toEqual(expected);
    applyDecodedLengths(http, files);
    expect(lengths()).toEqual(expected);
  });
});
