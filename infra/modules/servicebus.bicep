// The Service Bus namespace with the entities of servicebus.json, the file that the local emulator reads as well.
// Local authentication is off: the namespace has no connection string. Roles are assigned entity by entity.

@description('Name of the namespace.')
@minLength(6)
@maxLength(50)
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Premium adds private endpoints and zone redundancy.')
@allowed(['Standard', 'Premium'])
param tier string

@description('Messaging units; Premium only.')
param messagingUnits int

@description('Whether a Premium namespace is spread over availability zones.')
param isZoneRedundant bool

@description('Whether the namespace can be reached from outside the virtual network.')
param isPublic bool

@description('Size limit of each queue and of the topic, in megabytes.')
param maxSizeInMegabytes int

@description('Names of the subscriptions for readers of the events.')
param readers string[]

@description('Object id of the identity of the app.')
param principalId string

@description('Object id of the Entra ID group whose members work on parked and dead-lettered messages; empty for none.')
param operatorsGroupId string

@description('How the scaler reads the length of a queue: a custom role with that one right, Data Owner on the queues, or not at all.')
@allowed(['customRole', 'dataOwner', 'none'])
param scalerAccess string

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

var entities = loadJsonContent('../servicebus.json')

// The app sends to every entity and reads every queue. It reads this one only for an erasure, and does not scale by it.
var operatorsQueue = loadJsonContent('../names.json').operatorsQueue

var roleIds = {
  sender: '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39' // Azure Service Bus Data Sender
  receiver: '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0' // Azure Service Bus Data Receiver
  owner: '090c5cfd-751d-490a-894a-3ce6f1109419' // Azure Service Bus Data Owner
}

var queueItems = items(entities.queues)
var topicItems = items(entities.topics)
// The subscription `all` of servicebus.json is the pattern for those of a deployment; the app reads the others.
var readerPattern = 'all'
var subscriptions = flatten(map(
  topicItems,
  topic =>
    flatten(map(
      items(topic.value.subscriptions),
      subscription =>
        map(
          subscription.key == readerPattern ? readers : [subscription.key],
          name => {
            topic: topic.key
            name: name
            isRead: subscription.key != readerPattern
            properties: subscription.value
          }
        )
    ))
))

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: union({ name: tier, tier: tier }, tier == 'Premium' ? { capacity: messagingUnits } : {})
  properties: union(
    {
      disableLocalAuth: true
      minimumTlsVersion: '1.2'
      publicNetworkAccess: isPublic ? 'Enabled' : 'Disabled'
    },
    tier == 'Premium' ? { zoneRedundant: isZoneRedundant } : {}
  )
}

resource queues 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = [
  for queue in queueItems: {
    parent: namespace
    name: queue.key
    properties: union(queue.value, { maxSizeInMegabytes: maxSizeInMegabytes })
  }
]

resource topics 'Microsoft.ServiceBus/namespaces/topics@2024-01-01' = [
  for topic in topicItems: {
    parent: namespace
    name: topic.key
    properties: union(
      toObject(
        filter(items(topic.value), property => property.key != 'subscriptions'),
        property => property.key,
        property => property.value
      ),
      { maxSizeInMegabytes: maxSizeInMegabytes }
    )
  }
]

resource subscription 'Microsoft.ServiceBus/namespaces/topics/subscriptions@2024-01-01' = [
  for subscription in subscriptions: {
    name: '${namespace.name}/${subscription.topic}/${subscription.name}'
    dependsOn: [topics]
    properties: subscription.properties
  }
]

resource queueSender 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (queue, i) in queueItems: {
    name: guid(queues[i].id, principalId, roleIds.sender)
    scope: queues[i]
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds.sender)
    }
  }
]

resource topicSender 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (topic, i) in topicItems: {
    name: guid(topics[i].id, principalId, roleIds.sender)
    scope: topics[i]
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds.sender)
    }
  }
]

resource queueReceiver 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (queue, i) in queueItems: {
    name: guid(
      queues[i].id,
      principalId,
      scalerAccess == 'dataOwner' && queue.key != operatorsQueue ? roleIds.owner : roleIds.receiver
    )
    scope: queues[i]
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId(
        'Microsoft.Authorization/roleDefinitions',
        scalerAccess == 'dataOwner' && queue.key != operatorsQueue ? roleIds.owner : roleIds.receiver
      )
    }
  }
]

resource subscriptionReceiver 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (entry, i) in subscriptions: if (entry.isRead) {
    name: guid(subscription[i].id, principalId, roleIds.receiver)
    scope: subscription[i]
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds.receiver)
    }
  }
]

// Target-based scaling asks the namespace how long each queue is. Data Receiver does not include that right: without
// it the scaler peeks, sees one message, and stays at about one instance for each function.
resource queueLengthReader 'Microsoft.Authorization/roleDefinitions@2022-04-01' = if (scalerAccess == 'customRole') {
  name: guid(resourceGroup().id, 'queue length reader')
  properties: {
    roleName: 'Service Bus queue length reader (${name})'
    description: 'Reads the properties of Service Bus entities, as the scaler of Azure Functions does. No messages.'
    type: 'CustomRole'
    assignableScopes: [resourceGroup().id]
    permissions: [{ actions: ['Microsoft.ServiceBus/namespaces/*/read'] }]
  }
}

resource queueLengthReading 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (scalerAccess == 'customRole') {
  name: guid(namespace.id, principalId, 'queue length reader')
  scope: namespace
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: queueLengthReader.id
  }
}

// Operators list, show and replay messages of `parked` and of every dead-letter queue: they receive and send.
resource operators 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for roleId in empty(operatorsGroupId) ? [] : [roleIds.sender, roleIds.receiver]: {
    name: guid(namespace.id, operatorsGroupId, roleId)
    scope: namespace
    properties: {
      principalId: operatorsGroupId
      principalType: 'Group'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleId)
    }
  }
]

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: namespace
  properties: {
    workspaceId: workspaceId
    logs: concat(
      [{ category: 'OperationalLogs', enabled: true }],
      // Who sent and received what, by identity; a Premium namespace alone has it.
      tier == 'Premium' ? [{ category: 'RuntimeAuditLogs', enabled: true }] : []
    )
  }
}

@description('Resource id of the namespace.')
output id string = namespace.id

@description('Name of the namespace.')
output name string = namespace.name

@description('Host name that the SDK and the triggers connect to.')
output host string = replace(replace(namespace.properties.serviceBusEndpoint, 'https://', ''), ':443/', '')
