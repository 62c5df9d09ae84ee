import { describe, expect, it } from 'vitest';
import { sniff } from '../../../../web/body/magic';

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

// Pairs as Zeek names them; conditions in scripts/base/frameworks/files/magic of Zeek.
const CASES: readonly (readonly [string, string | null])[] = [
  ['MZ\x90\x00\x03', 'application/x-dosexec'],
  ['\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00', 'application/x-executable'],
  ['\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00', 'application/x-sharedlib'],
  ['\x7fELF\x01\x02\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01', 'application/x-object'],
  ['PK\x03\x04\x14\x00\x08\x00', 'application/zip'],
  ['PK\x03\x04\x14\x00\x06\x00\x08\x00', 'application/vnd.openxmlformats-officedocument'],
  ['Rar!\x1a\x07', 'application/x-rar'],
  ['7z\xbc\xaf\x27\x1c', 'application/x-7z-compressed'],
  ['MSCF\0\0\0\0', 'application/vnd.ms-cab-compressed'],
  ['\x1f\x8b\x08', 'application/x-gzip'],
  ['%PDF-1.7', 'application/pdf'],
  ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'application/msword'],
  ['\x89PNG\r\n\x1a\n', 'image/png'],
  ['GIF89a', 'image/gif'],
  ['\xff\xd8\xff\xe0', 'image/jpeg'],
  ['\x00\x00\x01\x00\x01', 'image/x-icon'],
  ['\xca\xfe\xba\xbe\x00\x00\x00\x34', 'application/x-java-applet'],
  ['\xca\xfe\xba\xbe\x00\x00\x00\x02', 'application/x-mach-o-executable'],
  ['<!DOCTYPE html><html>', 'text/html'],
  ['\r\n <!-- a --> <!-- b --><HTML lang="en">', 'text/html'],
  ['<head><title>', 'text/html'],
  ['<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC', 'text/html'],
  ['<?xml version="1.0" encoding="utf-8"?><x/>', 'application/xml'],
  ['<?xml version="1.0"?><soap:Envelope xmlns', 'application/soap+xml'],
  ['<?xml version="1.0"?><rss version="2.0">', 'text/rss'],
  ['<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">', 'text/atom'],
  ['{"a": 1}', 'text/json'],
  ['[{"a"', 'text/json'],
  ['{}', 'text/json'],
  ['\xef\xbb\xbf\r\n {"a": 1}', 'text/json'],
  ['\t[ {"a": 1}]', 'text/json'],
  ['\xff\xfe\0[section]\r\nkey=1', 'text/ini'],
  [' \n<SCRIPT type="text/javascript">', 'application/javascript'],
  ['\n\tdocument.writeln ("x")', 'application/javascript'],
  ['Delivered-To: someone', 'message/rfc822'],
  ['RETURN-PATH: <someone>', 'message/rfc822'],
  ['#!/bin/sh\necho', 'text/x-shellscript'],
  ['#!/usr/bin/env python\n', 'text/x-python'],
  ['@echo off\r\n', 'text/x-msdos-batch'],
  ['(function(){var a', 'application/javascript'],
  ['[autorun]\r\nopen=', 'text/ini'],
  ['just some plain words', 'text/plain'],
  ['short', null],
  ['\x01\x02\x03\x04\x05', null],
  ['0123456\x82\x01\x06\x09\x2b\x06\x01\x05\x05\x07\x30\x01\x01', null],
  ['0\x82\x01\xd3\x0a\x01\x00\xa0\x82\x01\xcc\x30\x82\x01\xc8\x06\x09\x2b\x06\x01\x05\x05\x07\x30\x01\x01\x04', 'application/ocsp-response'],
  ['', null],
];

describe('sniff', () => {
  for (const [text, mime] of CASES) it(`${JSON.stringify(text.slice(0, 24))} is ${mime ?? 'not known'}`, () => expect(sniff(bytes(text))).toBe(mime));

  it('knows a document by the entries of its zip', () => {
    const entry = (name: string): string => `PK\x03\x04${'\x14'.padEnd(26, '\0')}${name}`;
    expect(sniff(bytes(`${entry('[Content_Types].xml')}xxxx${entry('word/document.xml')}`))).toBe('application/vnd.openxmlformats-officedocument.wordprocessingml.document');
    expect(sniff(bytes(`${entry('_rels/.rels')}xxxx${entry('xl/workbook.xml')}`))).toBe('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet');
    expect(sniff(bytes(`${entry('META-INF/MANIFEST.MF')}`.replace('\0'.repeat(25), `${'\0'.repeat(21)}\x14\0\0\0`)))).toBe('application/java-archive');
  });

  it('is done at once with input made to be slow', () => {
    for (const text of ['<!--'.repeat(1000), ' '.repeat(4096), '{'.repeat(4096), `[${'"a'.repeat(2000)}`, '--- \n+++ '.repeat(400), `${'<!-- -->'.repeat(500)}<`]) {
      const begun = performance.now();
      sniff(bytes(text));
      expect(performance.now() - begun).toBeLessThan(200);
    }
  });
});
