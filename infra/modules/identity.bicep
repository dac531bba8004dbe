// The one identity of the app. Every role in this template is assigned to it, before the app exists.

@description('Name of the user-assigned managed identity.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

@description('Resource id of the identity.')
output id string = identity.id

@description('Client id: what an SDK names the identity by.')
output clientId string = identity.properties.clientId

@description('Object id: what a role assignment names the identity by.')
output principalId string = identity.properties.principalId
