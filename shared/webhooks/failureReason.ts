/**
 * Why a call had no response, as a sentence for the partner: what failed, and the code of the error. No message of an
 * error, because messages contain addresses of the operator's network. Pure.
 */

/** What is wrong with a certificate, by the code of the TLS error. */
const CERTIFICATE_PROBLEMS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet',
  CERT_REVOKED: 'was revoked',
  ERR_TLS_CERT_ALTNAME_INVALID: 'is not for this host name',
  ...Object.fromEntries(
    [
      ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT'],
      ...['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CERT_UNTRUSTED'],
      ...['INVALID_CA', 'CERT_SIGNATURE_FAILURE', 'CERT_CHAIN_TOO_LONG', 'PATH_LENGTH_EXCEEDED'],
    ].map((code) => [code, 'is not issued by a trusted authority']),
  ),
};

/** Codes of DNS errors, without those that a connection has as well. */
const DNS_CODES = new Set([
  'ENOTFOUND',
  'ENODATA',
  'ESERVFAIL',
  'ETIMEOUT',
  'EREFUSED',
  'EFORMERR',
  'EBADRESP',
]);

/** The sentence about an error of a call. */
export function failureReason(error: unknown): string {
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string' || !/^[A-Z][A-Z0-9_]{2,63}$/.test(code)) {
    return 'The receiver could not be reached.';
  }
  const problem = CERTIFICATE_PROBLEMS[code];
  if (problem !== undefined) return `The certificate of the receiver ${problem} (${code}).`;
  if (DNS_CODES.has(code)) return `The host name could not be resolved (${code}).`;
  if (/^(?:ERR_SSL|ERR_TLS|EPROTO)/.test(code)) return `A TLS connection could not be established (${code}).`;
  if (code.startsWith('HPE_')) return `The receiver did not respond in valid HTTP (${code}).`;
  return `The receiver could not be reached (${code}).`;
}
