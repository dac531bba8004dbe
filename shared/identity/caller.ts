/** Who calls: the partner tenant that everything is kept under, the application, and the user if there is one. */
export interface Caller {
  /** Partner tenant, a lower-case GUID: the first part of every partition key. */
  tenant: string;
  /** Client id of the application. */
  app: string;
  /** Object id of the user, or of the application's service principal. */
  principal: string;
  /** `appUser`: a person has signed in, with more than a password. */
  kind: 'app' | 'appUser';
  /** What the issuer says the caller belongs to: app roles, directory roles and groups, as spelled in the token. */
  roles: readonly string[];
}
