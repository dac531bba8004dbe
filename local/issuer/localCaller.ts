/**
 * Who calls the local stack by default, and which issuer and audience its tokens name. Apart from `claims.ts`, because the
 * rules of a token request take longer to load than everything else that the supervisor of the stack loads.
 */

/** The default partner tenant, user and application of the local stack. */
export const localCaller = {
  tenant: '5d8a4b0e-6c1f-4f7b-9a56-0c3f2f1d7e11',
  user: '2713ccd7-ea3b-470a-9cfb-451d5d0482cc',
  app: '9b1f3c52-7d44-4e0a-8a0e-3a6f2b9c4d55',
} as const;

export const partnerCenterAudience = 'https://api.partnercenter.microsoft.com';

/** The `iss` claim of a tenant's tokens. */
export function issuerOf(tenant: string): string {
  return `https://sts.windows.net/${tenant}/`;
}
