// Services as conn.log names them. A bit of `flow.services` is set once a dissector is sure of its protocol; the text is
// written in the order of the names, as Zeek joins them.

import { Flow } from "../flow/flow";

export const SERVICE_NONE: u32 = 0;
export const SERVICE_DNS: u32 = 1;
export const SERVICE_HTTP: u32 = 2;
export const SERVICE_SSL: u32 = 3;
/** Given up: no dissector claims the flow. */
export const SERVICE_NOTHING: u32 = 63;

/** Names by number (space separated, number 1 first); host and engine share the text. */
export const SERVICE_NAMES: string =
  "dns http ssl dhcp ssh smtp ftp ntp snmp sip irc pop3 imap rdp smb dce_rpc gssapi ntlm krb krb_tcp ldap_tcp ldap_udp mysql postgresql redis mqtt modbus dnp3 radius rfb socks syslog quic websocket ayiya teredo gtpv1 vxlan geneve bittorrent xmpp telnet nntp stun dtls ssdp";

/** Confirms a service of the flow. */
// @ts-ignore: decorator
@inline
export function confirm(flow: Flow, service: u32): void {
  flow.services |= (<u64>1) << (<u64>service);
}

/** True when the service was confirmed. */
// @ts-ignore: decorator
@inline
export function confirmed(flow: Flow, service: u32): bool {
  return ((flow.services >> (<u64>service)) & 1) != 0;
}

// What `looksLike…` of a protocol answers.
/** These bytes are not of the protocol. */
export const LOOKS_NO: u32 = 0;
/** They are. */
export const LOOKS_YES: u32 = 1;
/** Too few bytes to tell. */
export const LOOKS_MORE: u32 = 2;
