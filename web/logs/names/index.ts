export {
  arpOperationName, connStateName, ipProtoName, packetFlagNames, packetProtoName, protoName, STATE_MEANINGS, tunnelName,
} from './conn';
export { NETBIOS_PORT, opcodeName, qclassName, qtypeName, rcodeName } from './dns';
export { alertName, groupName, tlsVersionName } from './tls';
export { cipherName } from './ciphers';
export { weirdName } from './weird';
export { linkTypeName } from './link';
