/** The function app on Flex Consumption, and what is in front of it. */
import { appSettings, at, has, ofType, type Rule } from './rule.ts';

const APP = 'Microsoft.Web/sites';
const PLAN = 'Microsoft.Web/serverfarms';
const ORIGIN = 'Microsoft.Cdn/profiles/originGroups/origins';

/** Settings that Flex Consumption replaces by `functionAppConfig` or does not support. */
const NOT_ON_FLEX = [
  'ENABLE_ORYX_BUILD',
  'FUNCTIONS_EXTENSION_VERSION',
  'FUNCTIONS_WORKER_RUNTIME',
  'SCM_DO_BUILD_DURING_DEPLOYMENT',
  'TZ',
  'WEBSITE_CONTENTAZUREFILECONNECTIONSTRING',
  'WEBSITE_CONTENTSHARE',
  'WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT',
  'WEBSITE_MOUNT_ENABLED',
  'WEBSITE_RUN_FROM_PACKAGE',
  'WEBSITE_TIME_ZONE',
];

/** What host, triggers and SDKs need to use the managed identity. */
const IDENTITY_SETTINGS = {
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=<identity.clientId>;Authorization=AAD',
  APPLICATIONINSIGHTS_CONNECTION_STRING: '<monitoring.connectionString>',
  AZURE_CLIENT_ID: '<identity.clientId>',
  AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential',
  AzureWebJobsStorage__accountName: '<hostStorage.name>',
  AzureWebJobsStorage__clientId: '<identity.clientId>',
  AzureWebJobsStorage__credential: 'managedidentity',
  CartStorage__tableServiceUri: '<cartStorage.tableUri>',
  ServiceBusConnection__clientId: '<identity.clientId>',
  ServiceBusConnection__credential: 'managedidentity',
  ServiceBusConnection__fullyQualifiedNamespace: '<serviceBus.host>',
};

/** Bytes of the largest request of the API, a bulk order (docs/contract.md 19). */
const LARGEST_REQUEST = 16 * 1024 * 1024;

export const appRules: Rule[] = [
  has('Azure.AppService.UseHTTPS', APP, 'properties.httpsOnly', true),
  has('Azure.AppService.MinTLS', APP, 'properties.siteConfig.minTlsVersion', '1.2'),
  has('Cartwright.App.DeploymentTLS', APP, 'properties.siteConfig.scmMinTlsVersion', '1.2'),
  has('Azure.AppService.HTTP2', APP, 'properties.siteConfig.http20Enabled', true),
  has('Azure.AppService.ManagedIdentity', APP, 'identity.type', 'UserAssigned'),
  has('Azure.AppService.RemoteDebug', APP, 'properties.siteConfig.remoteDebuggingEnabled', false),
  has('Azure.AppService.ARRAffinity', APP, 'properties.clientAffinityEnabled', false),
  has('Cartwright.App.FtpDisabled', APP, 'properties.siteConfig.ftpsState', 'Disabled'),
  has('Cartwright.App.Flex', PLAN, 'sku.name', 'FC1'),
  has(
    'Cartwright.App.PackageByIdentity',
    APP,
    'properties.functionAppConfig.deployment.storage.authentication.type',
    'UserAssignedIdentity',
  ),
  has('Cartwright.App.AzdTag', APP, 'tags.azd-service-name', 'cartwright'),
  has('Cartwright.FrontDoor.CertificateName', ORIGIN, 'properties.enforceCertificateNameCheck', true, {
    isOptional: true,
  }),
  {
    name: 'Azure.AppService.NodeJsVersion',
    check: (snapshot) =>
      ofType(snapshot, APP)
        .map((app) => at(app, 'properties.functionAppConfig.runtime') as { name: string; version: string })
        .filter(({ name, version }) => name !== 'node' || Number(version) < 22)
        .map(({ name, version }) => `runs on ${name} ${version}`),
  },
  {
    name: 'Cartwright.App.FlexSettings',
    check: (snapshot) =>
      NOT_ON_FLEX.filter((name) => appSettings(snapshot).has(name)).map((name) => `${name} is set`),
  },
  {
    name: 'Cartwright.App.BodyLimit',
    check(snapshot) {
      const limit = Number(appSettings(snapshot).get('FUNCTIONS_REQUEST_BODY_SIZE_LIMIT'));
      return limit > LARGEST_REQUEST && limit <= 4 * LARGEST_REQUEST
        ? []
        : [`a request may have ${limit} bytes`];
    },
  },
  {
    name: 'Cartwright.App.IdentitySettings',
    check(snapshot) {
      const found = appSettings(snapshot);
      return Object.entries(IDENTITY_SETTINGS)
        .filter(([name, value]) => found.get(name) !== value)
        .map(([name, value]) => `${name} is ${found.get(name)}, not ${value}`);
    },
  },
  {
    name: 'Azure.FrontDoor.MinTLS',
    check: has(
      '',
      'Microsoft.Cdn/profiles/customDomains',
      'properties.tlsSettings.minimumTlsVersion',
      'TLS12',
      {
        isOptional: true,
      },
    ).check,
  },
  {
    name: 'Cartwright.FrontDoor.OnlyWay',
    check(snapshot) {
      if (ofType(snapshot, 'Microsoft.Cdn/profiles').length === 0) return [];
      return ofType(snapshot, APP).flatMap((app) => {
        const isDenied = at(app, 'properties.siteConfig.ipSecurityRestrictionsDefaultAction') === 'Deny';
        const admitted = at(app, 'properties.siteConfig.ipSecurityRestrictions') as {
          headers?: { 'x-azure-fdid'?: string[] };
        }[];
        const isBound = admitted.every(({ headers }) => headers?.['x-azure-fdid']?.length === 1);
        return isDenied && isBound && admitted.length > 0 ? [] : [`${app.id} can be called past Front Door`];
      });
    },
  },
];
