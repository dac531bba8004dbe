// The Front Door profile, separate from its route: the app admits this profile by id, and the route names the app.

@description('Name of the profile.')
param name string

@description('Tags of every resource.')
param tags object

@description('Seconds that Front Door waits for the app; more than the longest CHECKOUT_WAIT (200 seconds).')
@minValue(16)
@maxValue(240)
param originTimeoutSeconds int

// Front Door is global.
resource profile 'Microsoft.Cdn/profiles@2025-04-15' = {
  name: name
  location: 'global'
  tags: tags
  sku: { name: 'Standard_AzureFrontDoor' }
  properties: { originResponseTimeoutSeconds: originTimeoutSeconds }
}

@description('What Front Door sends as `x-azure-fdid`.')
output frontDoorId string = profile.properties.frontDoorId
