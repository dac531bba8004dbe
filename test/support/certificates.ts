/** Certificates for TLS servers in tests: an authority that nothing trusts by default, and what it issues. */
import { generate } from 'selfsigned';

export interface Certificate {
  key: string;
  cert: string;
}

export interface CertificateOptions {
  /** The host name that the certificate is for. */
  name?: string;
  /** An IP address that it is for, in place of a name. */
  address?: string;
  /** When its validity begins and ends. */
  from?: Date;
  until?: Date;
}

const DAY_MS = 86_400_000;
const EC = { keyType: 'ec', algorithm: 'sha256' } as const;

/** A certificate authority. */
export async function newAuthority(name = 'Test authority'): Promise<Certificate> {
  const made = await generate([{ name: 'commonName', value: name }], {
    ...EC,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, digitalSignature: true, critical: true },
    ],
  });
  return { key: made.private, cert: made.cert };
}

/** A certificate for a server on this machine; signed with its own key when no authority issues it. */
export async function newCertificate(
  { name = 'localhost', address, from, until }: CertificateOptions = {},
  authority?: Certificate,
): Promise<Certificate> {
  const made = await generate([{ name: 'commonName', value: address ?? name }], {
    ...EC,
    notBeforeDate: from ?? new Date(Date.now() - DAY_MS),
    notAfterDate: until ?? new Date(Date.now() + DAY_MS),
    ...(authority ? { ca: authority } : {}),
    extensions: [
      { name: 'basicConstraints', cA: false },
      {
        name: 'subjectAltName',
        altNames: [address === undefined ? { type: 2, value: name } : { type: 7, ip: address }],
      },
    ],
  });
  return { key: made.private, cert: made.cert };
}
