import { describe, expect, it } from 'vitest';
import { runEngine } from '../../../support/engine';
import { client, server, tcpCapture, type Step } from '../../../support/tcp-capture';
import { udpCapture } from '../../../support/udp-capture';

const bytes = (hex: string): Buffer => Buffer.from(hex.replace(/\s/g, ''), 'hex');
const tcp = (steps: readonly Step[], serverPort: number): unknown => runEngine(tcpCapture({ steps, serverPort })).logs.get('conn')?.[0]?.['service'];
const udp = (data: Uint8Array, serverPort: number): unknown => runEngine(udpCapture({ from: 'client', bytes: data, serverPort })).logs.get('conn')?.[0]?.['service'];

const SMB2 = bytes('000000 40 fe534d42 4000 0000 00000000 0000 1f00').subarray(0, 20);
const BIND = bytes('05000b03100000007400000001000000 d016d016 00000000 01000000');
const NTLM = Buffer.concat([Buffer.from('NTLMSSP\0'), bytes('01000000 97820862'), Buffer.alloc(24)]);
const SPNEGO = bytes('605a 0606 2b0601050502 a050 304e a00e 300c 060a 2b06010401823702020a');

describe('protocols over TCP, on ports that say nothing', () => {
  const cases: [string, readonly Step[]][] = [
    ['ssh', [server('SSH-2.0-OpenSSH_9.2\r\n'), client('SSH-2.0-OpenSSH_9.2\r\n')]],
    ['smtp', [server('220 mail.example ESMTP ready\r\n'), client('EHLO me.example\r\n'), server('250 hello\r\n')]],
    ['ftp', [server('220 (vsFTPd 3.0.3)\r\n'), client('USER anonymous\r\n'), server('331 please\r\n')]],
    ['pop3', [server('+OK ready\r\n'), client('USER me\r\n'), server('+OK\r\n')]],
    ['imap', [server('* OK IMAP4rev1 ready\r\n'), client('a1 LOGIN me secret\r\n')]],
    ['irc', [client('NICK me\r\nUSER me 0 * :Me\r\n'), server(':irc.example 001 me :Welcome\r\n')]],
    ['rfb', [server('RFB 003.008\n'), client('RFB 003.008\n')]],
    ['mysql', [server(Buffer.concat([bytes('1e0000 00 0a'), Buffer.from('8.0.36\0'), Buffer.alloc(22)])), client(Buffer.concat([bytes('20000001'), Buffer.alloc(32)]))]],
    ['postgresql', [client(Buffer.concat([bytes('00000010 00030000'), Buffer.from('user\0me\0')])), server(bytes('52 00000008 00000000'))]],
    ['redis', [client('*1\r\n$4\r\nPING\r\n'), server('+PONG\r\n')]],
    ['mqtt', [client(bytes('10 10 0004 4d515454 04 02 003c 0004 61626364'))]],
    ['socks', [client(bytes('05 01 00')), server(bytes('05 00')), client(bytes('05 01 00 01 c0000201 0050')), server(bytes('05 00 00 01 00000000 0000'))]],
    ['dnp3_tcp', [client(bytes('0564 05 c9 0100 0004 e4d6'))]],
    ['smb', [client(Buffer.concat([SMB2, Buffer.alloc(60)]))]],
    ['gssapi,ntlm,smb', [client(Buffer.concat([SMB2, Buffer.alloc(60)])), server(Buffer.concat([SMB2, Buffer.alloc(40), SPNEGO])), client(Buffer.concat([SMB2, Buffer.alloc(40), NTLM]))]],
    ['dce_rpc', [client(Buffer.concat([BIND, Buffer.alloc(44)]))]],
    ['dce_rpc,ntlm', [client(Buffer.concat([BIND, Buffer.alloc(44), NTLM]))]],
    ['krb_tcp', [client(Buffer.concat([bytes('0000000c 6a0a 3008 a103020105 a20302')]))]],
    ['ldap_tcp', [client(bytes('300c 020101 6007 020103 0400 8000'))]],
  ];
  it.each(cases)('%s', (service, steps) => { expect(tcp(steps, 45123)).toBe(service); });

  it('Modbus says too little of itself to be told elsewhere than on its port', () => {
    const request = client(bytes('0001 0000 0006 01 03 0000 0002'));
    expect(tcp([request], 502)).toBe('modbus');
    expect(tcp([request], 503)).toBeUndefined();
  });

  it('a greeting alone is no service: the client may speak anything', () => {
    expect(tcp([server('220 hello there\r\n'), client(Buffer.alloc(80, 0xee))], 25)).toBeUndefined();
    expect(tcp([server('SSH-2.0-x\r\n'), client(Buffer.alloc(80, 0xee))], 22)).toBeUndefined();
  });
});

describe('protocols over UDP', () => {
  const dhcp = Buffer.alloc(300);
  dhcp.set([1, 1, 6], 0);
  dhcp.set([0x63, 0x82, 0x53, 0x63], 236);
  const ntp = Buffer.alloc(48);
  ntp[0] = 0x23;
  const cases: [string, number, Buffer][] = [
    ['dhcp', 67, dhcp],
    ['ntp', 123, ntp],
    ['snmp', 161, bytes('3026 020101 0406 7075626c6963 a019 0204 00000001 020100 020100 300b 3009 0605 2b06010201 0500')],
    ['sip', 5070, Buffer.from('OPTIONS sip:a@example.test SIP/2.0\r\nVia: SIP/2.0/UDP x\r\n\r\n')],
    ['krb', 88, bytes('6a0a 3008 a103020105 a20302')],
    ['radius', 1812, Buffer.concat([bytes('01 05 0014'), Buffer.alloc(16)])],
    ['dtls', 4444, Buffer.concat([bytes('16 feff 0000 000000000000 0036 01'), Buffer.alloc(60)])],
    ['syslog', 514, Buffer.from('<34>Oct 11 22:14:15 host su: failed')],
  ];
  it.each(cases)('%s', (service, port, data) => { expect(udp(data, port)).toBe(service); });

  it('zeros are nothing, wherever they go', () => {
    for (const port of [67, 123, 161, 389, 514, 1812, 5060, 5072, 20000]) expect(udp(Buffer.alloc(64), port)).toBeUndefined();
  });
});
