// The function app on Flex Consumption. It has one identity and no key: storage, Service Bus, telemetry and the
// deployment package are all reached with that identity.

@description('Name of the function app.')
param name string

@description('Name of its plan.')
param planName string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the service in azure.yaml, by which azd finds the app.')
param serviceName string

@description('Resource id of the identity of the app.')
param identityId string

@description('Container of the deployment packages, as a URI.')
param packageContainerUri string

@description('Node.js major version.')
param nodeVersion string

@description('Memory of an instance in megabytes.')
param instanceMemoryMB int

@description('Upper limit of instances for each scale group (all HTTP functions; each queue function; the timer).')
param maximumInstanceCount int

@description('HTTP instances that are always running.')
param alwaysReadyHttp int

@description('Requests that one instance serves at a time.')
param httpConcurrency int

@description('Whether instances are spread over availability zones.')
param isZoneRedundant bool

@description('Subnet that outgoing traffic takes; none by default.')
param subnetId string?

@description('Whether Front Door alone may call the app.')
param isBehindFrontDoor bool

@description('Id of that Front Door profile.')
param frontDoorId string

@description('App settings by name. An empty value leaves the setting out.')
param settings object

// The service tag admits every Front Door of Azure; the header admits this one.
var frontDoorOnly = [
  {
    name: 'front-door'
    priority: 100
    action: 'Allow'
    tag: 'ServiceTag'
    ipAddress: 'AzureFrontDoor.Backend'
    headers: { 'x-azure-fdid': [frontDoorId] }
  }
]

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: {
    reserved: true
    zoneRedundant: isZoneRedundant
  }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': serviceName })
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    publicNetworkAccess: 'Enabled'
    virtualNetworkSubnetId: subnetId
    keyVaultReferenceIdentity: identityId
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      remoteDebuggingEnabled: false
      ipSecurityRestrictions: isBehindFrontDoor ? frontDoorOnly : []
      ipSecurityRestrictionsDefaultAction: isBehindFrontDoor ? 'Deny' : 'Allow'
      appSettings: map(
        filter(items(settings), setting => !empty(setting.value)),
        setting => { name: setting.key, value: setting.value }
      )
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUri
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: { name: 'node', version: nodeVersion }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReadyHttp == 0 ? [] : [{ name: 'http', instanceCount: alwaysReadyHttp }]
        triggers: { http: { perInstanceConcurrency: httpConcurrency } }
      }
    }
  }
}

@description('Resource id of the app.')
output id string = app.id

@description('Name of the app.')
output name string = app.name

@description('Host name of the app.')
output host string = app.properties.defaultHostName
