// The virtual network of a private deployment: one subnet for the app, one for private endpoints, and the DNS zones
// that make the public names of storage, Service Bus and Key Vault resolve to the endpoints.

@description('Name of the virtual network.')
param name string

@description('Name of the network security group of both subnets.')
param securityGroupName string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Address range of the network; each subnet takes a /24 of it.')
param addressPrefix string

@description('DNS zones of the private endpoints, such as privatelink.blob.core.windows.net.')
param zones string[]

// The default rules admit traffic from the virtual network and refuse the internet.
resource securityGroup 'Microsoft.Network/networkSecurityGroups@2024-05-01' = {
  name: securityGroupName
  location: location
  tags: tags
}

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressPrefix] }
    subnets: [
      {
        // Flex Consumption needs a separate subnet, delegated to this provider, at least a /27.
        name: 'app'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 24, 0)
          networkSecurityGroup: { id: securityGroup.id }
          delegations: [
            { name: 'app', properties: { serviceName: 'Microsoft.App/environments' } }
          ]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 24, 1)
          networkSecurityGroup: { id: securityGroup.id }
          privateEndpointNetworkPolicies: 'Disabled'
        }
      }
    ]
  }

  resource appSubnet 'subnets' existing = { name: 'app' }
  resource endpointSubnet 'subnets' existing = { name: 'endpoints' }
}

// DNS zones are global.
resource dnsZones 'Microsoft.Network/privateDnsZones@2020-06-01' = [
  for zone in zones: {
    name: zone
    location: 'global'
    tags: tags
  }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2020-06-01' = [
  for (zone, i) in zones: {
    parent: dnsZones[i]
    name: name
    location: 'global'
    tags: tags
    properties: {
      registrationEnabled: false
      virtualNetwork: { id: network.id }
    }
  }
]

@description('Subnet that the app is integrated with.')
output appSubnetId string = network::appSubnet.id

@description('Subnet of the private endpoints.')
output endpointSubnetId string = network::endpointSubnet.id

@description('Resource ids of the DNS zones, in the order of `zones`.')
output zoneIds string[] = [for (zone, i) in zones: dnsZones[i].id]
