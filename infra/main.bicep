// The whole deployment of Cartwright. `azd up` runs it at subscription scope: it creates the resource group and
// everything in it. docs/operations.md explains each parameter, what it costs and when to change it.
targetScope = 'subscription'

@description('Name of the azd environment; it is part of the names of all resources.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Region of all resources.')
@minLength(1)
@metadata({ azd: { type: 'location' } })
param location string

@description('Partner tenants to serve (`AUTH_TENANTS`): Entra ID tenant ids separated by commas, or * for every tenant.')
@minLength(1)
param authTenants string

@description('Other settings of the service by name, as docs/settings.md lists them; an empty value leaves the default of the code.')
param settings object = {}

@description('How the app proves to Partner Center who it is: with its managed identity, or with the secret of an application, kept in Key Vault.')
@allowed(['managedIdentity', 'secret'])
param partnerCenterCredential string = 'managedIdentity'

@description('Node.js major version.')
@allowed(['22', '24'])
param nodeVersion string = '24'

@description('Memory of an instance in megabytes; 512 has a quarter of a core, 2048 one, 4096 two.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Upper limit of instances for each scale group.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 100

@description('HTTP instances that are always running; 0 lets the app scale to zero.')
@minValue(0)
@maxValue(100)
param alwaysReadyHttp int = 0

@description('Requests that one instance serves at a time. A waiting checkout is idle, so the value is above the platform default.')
@minValue(1)
@maxValue(1000)
param httpConcurrency int = 64

@description('Whether instances, storage and (Premium) Service Bus are spread over availability zones.')
param zoneRedundant bool = false

@description('Tier of Service Bus. Premium costs about 677 USD a month and is needed for a private network.')
@allowed(['Standard', 'Premium'])
param serviceBusTier string = 'Standard'

@description('Messaging units of a Premium namespace.')
@allowed([1, 2, 4, 8, 16])
param serviceBusUnits int = 1

@description('Size limit of each queue and of the topic, in megabytes.')
@allowed([1024, 2048, 3072, 4096, 5120])
param serviceBusMaxSizeMB int = 5120

@description('Subscriptions of the topic, one for each reader of the events, separated by commas; none for no subscription.')
@minLength(1)
param eventSubscriptions string = 'all'

@description('How the scaler may read the length of the queues: by a custom role, as Data Owner of the queues, or not at all.')
@allowed(['customRole', 'dataOwner', 'none'])
param scalerAccess string = 'customRole'

@description('Object id of the Entra ID group that works on parked and dead-lettered messages; empty for none.')
param operatorsGroupId string = ''

@description('Whether storage, Service Bus and Key Vault are reached over a virtual network only. Needs the Premium tier of Service Bus.')
param privateNetwork bool = false

@description('Address range of that network, at least a /23.')
param networkAddressPrefix string = '10.60.0.0/16'

@description('Whether Azure Front Door is placed in front of the app, which then admits nothing else.')
param frontDoor bool = false

@description('Custom host name on Front Door, such as carts.contoso.com; empty for none.')
param customDomain string = ''

@description('Whether a lock keeps the storage account of the carts from being deleted.')
param lockCarts bool = false

@description('E-mail address for alerts; empty for the portal alone.')
param alertEmail string = ''

@description('How long the timer may be silent before an alert; longer than the interval of SWEEP_SCHEDULE.')
@allowed(['PT10M', 'PT15M', 'PT30M', 'PT1H', 'PT2H', 'PT6H', 'P1D'])
param heartbeatWindow string = 'PT15M'

@description('Messages in a work queue from which on a backlog is reported.')
@minValue(1)
param backlogThreshold int = 1000

@description('Whether `/ready` is called from three regions every five minutes.')
param availabilityTest bool = false

@description('Monthly budget in the currency of the subscription; 0 for none.')
@minValue(0)
param budgetAmount int = 50

@description('First day of the first month of the budget.')
param budgetStart string = utcNow('yyyy-MM-01')

@description('Gigabytes of logs a day after which no more is ingested until the next day; -1 for no cap.')
@minValue(-1)
param logDailyCapGb int = 1

@description('How many days logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

var abbreviations = loadJsonContent('abbreviations.json')
var names = loadJsonContent('names.json')
var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }
var frontDoorName = '${abbreviations.frontDoorProfile}${token}'
var secretName = 'partner-center-client-secret'
var storageBlobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
var storageTableDataContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
var storageSku = zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS'

// An application has a tenant, a client id and a secret; the app refuses to start with a part of them.
var applicationTenant = settings.?PARTNER_CENTER_TENANT ?? ''
var wantsSecret = partnerCenterCredential == 'secret'
var hasApplication = !empty(applicationTenant) && !empty(settings.?PARTNER_CENTER_CLIENT_ID ?? '')
var hasSecret = wantsSecret && !hasApplication
  ? fail('partnerCenterCredential secret needs PARTNER_CENTER_TENANT and PARTNER_CENTER_CLIENT_ID.')
  : !wantsSecret && !empty(applicationTenant)
      ? fail('PARTNER_CENTER_TENANT needs partnerCenterCredential secret.')
      : wantsSecret

// A private network without private endpoints for Service Bus would be private by name only.
var isPrivate = privateNetwork && serviceBusTier == 'Standard'
  ? fail('privateNetwork needs serviceBusTier Premium: Service Bus has private endpoints in that tier only.')
  : privateNetwork

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: '${abbreviations.resourceGroup}${environmentName}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  scope: group
  params: {
    name: '${abbreviations.managedIdentity}${token}'
    location: location
    tags: tags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    workspaceName: '${abbreviations.logAnalyticsWorkspace}${token}'
    componentName: '${abbreviations.applicationInsights}${token}'
    location: location
    tags: tags
    retentionInDays: logRetentionDays
    dailyCapGb: logDailyCapGb
    principalId: identity.outputs.principalId
  }
}

module hostStorage 'modules/storage.bicep' = {
  scope: group
  params: {
    name: '${abbreviations.storageAccount}host${token}'
    location: location
    tags: tags
    sku: storageSku
    isPublic: !isPrivate
    containers: [names.packageContainer]
    principalId: identity.outputs.principalId
    roleIds: [storageBlobDataOwner]
  }
}

module cartStorage 'modules/storage.bicep' = {
  scope: group
  params: {
    name: '${abbreviations.storageAccount}cart${token}'
    location: location
    tags: tags
    sku: storageSku
    isPublic: !isPrivate
    tables: names.tables
    principalId: identity.outputs.principalId
    roleIds: [storageTableDataContributor]
    isLocked: lockCarts
  }
}

module serviceBus 'modules/servicebus.bicep' = {
  scope: group
  params: {
    name: '${abbreviations.serviceBusNamespace}${token}'
    location: location
    tags: tags
    tier: serviceBusTier
    messagingUnits: serviceBusUnits
    isZoneRedundant: zoneRedundant
    isPublic: !isPrivate
    maxSizeInMegabytes: serviceBusMaxSizeMB
    readers: eventSubscriptions == 'none' ? [] : map(split(eventSubscriptions, ','), name => trim(name))
    principalId: identity.outputs.principalId
    operatorsGroupId: operatorsGroupId
    scalerAccess: scalerAccess
    workspaceId: monitoring.outputs.workspaceId
  }
}

module vault 'modules/vault.bicep' = if (hasSecret) {
  scope: group
  params: {
    name: '${abbreviations.keyVault}${token}'
    location: location
    tags: tags
    isPublic: !isPrivate
    principalId: identity.outputs.principalId
    workspaceId: monitoring.outputs.workspaceId
  }
}

module network 'modules/network.bicep' = if (isPrivate) {
  scope: group
  params: {
    name: '${abbreviations.virtualNetwork}${token}'
    securityGroupName: '${abbreviations.networkSecurityGroup}${token}'
    location: location
    tags: tags
    addressPrefix: networkAddressPrefix
    zones: privateZones
  }
}

var privateZones = [
  'privatelink.blob.${environment().suffixes.storage}'
  'privatelink.table.${environment().suffixes.storage}'
  'privatelink.servicebus.windows.net' // environment() has no suffix for Service Bus
  'privatelink.vaultcore.azure.net' // nor for the private names of Key Vault
]

var endpointTargets = concat(
  [
    { name: 'host-blob', id: hostStorage.outputs.id, groupId: 'blob', zone: 0 }
    { name: 'carts-table', id: cartStorage.outputs.id, groupId: 'table', zone: 1 }
    { name: 'servicebus', id: serviceBus.outputs.id, groupId: 'namespace', zone: 2 }
  ],
  hasSecret ? [{ name: 'vault', id: vault!.outputs.id, groupId: 'vault', zone: 3 }] : []
)

module endpoints 'modules/privateEndpoint.bicep' = [
  for i in range(0, isPrivate ? (hasSecret ? 4 : 3) : 0): {
    scope: group
    params: {
      name: '${abbreviations.privateEndpoint}${endpointTargets[i].name}-${token}'
      location: location
      tags: tags
      subnetId: network!.outputs.endpointSubnetId
      targetId: endpointTargets[i].id
      groupId: endpointTargets[i].groupId
      zoneId: network!.outputs.zoneIds[endpointTargets[i].zone]
    }
  }
]

module frontDoorProfile 'modules/frontDoorProfile.bicep' = if (frontDoor) {
  scope: group
  params: {
    name: frontDoorName
    tags: tags
    originTimeoutSeconds: 240
  }
}

var loginEndpoint = environment().authentication.loginEndpoint

// What the host and the Azure SDKs read; none of it is a secret.
var platformSettings = {
  APPLICATIONINSIGHTS_CONNECTION_STRING: monitoring.outputs.connectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.outputs.clientId};Authorization=AAD'
  AZURE_CLIENT_ID: identity.outputs.clientId
  AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential'
  AzureWebJobsStorage__accountName: hostStorage.outputs.name
  AzureWebJobsStorage__clientId: identity.outputs.clientId
  AzureWebJobsStorage__credential: 'managedidentity'
  // Twice the largest request of the API (16 MiB): the host would buffer up to 100 MB for each of the requests that an
  // instance serves at a time.
  FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '33554432'
  ServiceBusConnection__clientId: identity.outputs.clientId
  ServiceBusConnection__credential: 'managedidentity'
}

// Settings of the service that depend on the deployment.
var derivedSettings = {
  AUTH_TENANTS: authTenants
  CartStorage__tableServiceUri: cartStorage.outputs.tableUri
  // Without a version, so that a rotated secret is picked up within a day.
  PARTNER_CENTER_CLIENT_SECRET: hasSecret
    ? '@Microsoft.KeyVault(SecretUri=${vault!.outputs.uri}secrets/${secretName})'
    : ''
  ServiceBusConnection__fullyQualifiedNamespace: serviceBus.outputs.host
}

// Tokens of Entra ID for Partner Center, unless `settings` names another issuer.
var entraSettings = {
  AUTH_AUDIENCES: 'https://api.partnercenter.microsoft.com'
  AUTH_ISSUERS: 'https://sts.windows.net/{tid}/'
  AUTH_JWKS_URL: '${loginEndpoint}common/discovery/keys'
}

var givenSettings = toObject(
  filter(items(settings), setting => !empty(setting.value)),
  setting => setting.key,
  setting => setting.value
)

module app 'modules/app.bicep' = {
  scope: group
  dependsOn: [endpoints]
  params: {
    name: '${abbreviations.functionApp}${token}'
    planName: '${abbreviations.appServicePlan}${token}'
    location: location
    tags: tags
    serviceName: names.service
    identityId: identity.outputs.id
    packageContainerUri: '${hostStorage.outputs.blobUri}${names.packageContainer}'
    nodeVersion: nodeVersion
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    // A zone-redundant plan wants at least two instances in a group that has any.
    alwaysReadyHttp: zoneRedundant && alwaysReadyHttp == 1 ? 2 : alwaysReadyHttp
    httpConcurrency: httpConcurrency
    isZoneRedundant: zoneRedundant
    subnetId: isPrivate ? network!.outputs.appSubnetId : null
    isBehindFrontDoor: frontDoor
    frontDoorId: frontDoor ? frontDoorProfile!.outputs.frontDoorId : ''
    settings: union(entraSettings, givenSettings, derivedSettings, platformSettings)
  }
}

module frontDoorRoute 'modules/frontDoorRoute.bicep' = if (frontDoor) {
  scope: group
  params: {
    profileName: frontDoorName
    endpointName: '${abbreviations.frontDoorEndpoint}${token}'
    tags: tags
    appHost: app.outputs.host
    customDomain: customDomain
  }
}

var host = frontDoor ? (empty(customDomain) ? frontDoorRoute!.outputs.endpointHost : customDomain) : app.outputs.host

module alerts 'modules/alerts.bicep' = {
  scope: group
  params: {
    prefix: '${abbreviations.alert}${environmentName}-'
    actionGroupName: '${abbreviations.actionGroup}${token}'
    location: location
    tags: tags
    email: alertEmail
    appId: app.outputs.id
    namespaceId: serviceBus.outputs.id
    maxSizeInMegabytes: serviceBusMaxSizeMB
    cartStorageId: cartStorage.outputs.id
    workspaceId: monitoring.outputs.workspaceId
    heartbeatWindow: heartbeatWindow
    backlogThreshold: backlogThreshold
  }
}

module availability 'modules/availability.bicep' = if (availabilityTest) {
  scope: group
  params: {
    name: '${abbreviations.webTest}${token}'
    alertName: '${abbreviations.alert}${environmentName}-not-ready'
    location: location
    tags: tags
    host: host
    componentId: monitoring.outputs.componentId
    actionGroupId: alerts.outputs.actionGroupId
  }
}

module budget 'modules/budget.bicep' = if (budgetAmount > 0) {
  scope: group
  params: {
    name: '${abbreviations.budget}${token}'
    amount: max(1, budgetAmount)
    startDate: budgetStart
    actionGroupId: alerts.outputs.actionGroupId
  }
}

module workbook 'modules/workbook.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    componentId: monitoring.outputs.componentId
    workspaceId: monitoring.outputs.workspaceId
    namespaceId: serviceBus.outputs.id
    cartStorageId: cartStorage.outputs.id
    appId: app.outputs.id
  }
}

@description('Region of the deployment.')
output AZURE_LOCATION string = location

@description('Tenant of the subscription.')
output AZURE_TENANT_ID string = tenant().tenantId

@description('Name of the resource group.')
output AZURE_RESOURCE_GROUP string = group.name

@description('Name of the function app.')
output CARTWRIGHT_APP_NAME string = app.outputs.name

@description('Base URL of the service, without a trailing slash.')
output CARTWRIGHT_URL string = 'https://${host}'

@description('Host name of the Service Bus namespace, for `cartwright parked --namespace`.')
output CARTWRIGHT_NAMESPACE string = serviceBus.outputs.host

@description('Name of the vault of the Partner Center secret; empty without one.')
output CARTWRIGHT_VAULT string = hasSecret ? vault!.outputs.name : ''

@description('Value of the DNS TXT record of the custom domain; empty without one.')
output CARTWRIGHT_DOMAIN_VALIDATION string = frontDoor ? frontDoorRoute!.outputs.domainValidation : ''
