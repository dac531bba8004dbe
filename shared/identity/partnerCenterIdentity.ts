/**
 * Who the service is to Partner Center, from its settings: an application with a secret or a certificate, a
 * user-assigned managed identity, or what it is everywhere else.
 */
import { readFileSync } from 'node:fs';
import type { Settings } from '../config.ts';
import type { Identity } from './credential.ts';

type IdentitySettings = Pick<
  Settings,
  | 'PARTNER_CENTER_TENANT'
  | 'PARTNER_CENTER_CLIENT_ID'
  | 'PARTNER_CENTER_CLIENT_SECRET'
  | 'PARTNER_CENTER_CERTIFICATE_PATH'
>;

/** The identity that the settings name; throws the setting's name when its certificate cannot be used. */
export function partnerCenterIdentity({
  PARTNER_CENTER_TENANT: tenant = '',
  PARTNER_CENTER_CLIENT_ID: clientId,
  PARTNER_CENTER_CLIENT_SECRET: secret,
  PARTNER_CENTER_CERTIFICATE_PATH: certificatePath,
}: IdentitySettings): Identity {
  if (clientId === undefined) return { kind: 'own' };
  if (secret !== undefined) return { kind: 'secret', tenant, clientId, secret };
  if (certificatePath === undefined) return { kind: 'assigned', clientId };
  checkCertificate(certificatePath);
  return { kind: 'certificate', tenant, clientId, certificatePath };
}

/** Both halves have to be there; better at the start than at the first order. */
function checkCertificate(path: string): void {
  const wrong = (what: string) => new Error(`PARTNER_CENTER_CERTIFICATE_PATH: ${path} ${what}.`);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw wrong(`cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  for (const half of ['CERTIFICATE', 'PRIVATE KEY']) {
    if (!new RegExp(`-----BEGIN [A-Z ]*${half}-----`).test(text)) {
      throw wrong(`has no ${half.toLowerCase()} in PEM`);
    }
  }
}
