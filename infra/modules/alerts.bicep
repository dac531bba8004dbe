// Alerts, each with a runbook entry of the same name in docs/operations.md. An alert without an action group still
// shows in the portal.

@description('Prefix of the names of the alerts.')
param prefix string

@description('Name of the action group.')
param actionGroupName string

@description('Region of the alert rules that query logs.')
param location string

@description('Tags of every resource.')
param tags object

@description('Where alerts are sent; empty for the portal alone.')
param email string

@description('Resource id of the function app.')
param appId string

@description('Resource id of the Service Bus namespace.')
param namespaceId string

@description('Size limit of each queue and topic, in megabytes.')
param maxSizeInMegabytes int

@description('Resource id of the storage account of the carts.')
param cartStorageId string

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

@description('How long the timer may be silent.')
@allowed(['PT10M', 'PT15M', 'PT30M', 'PT1H', 'PT2H', 'PT6H', 'P1D'])
param heartbeatWindow string

@description('Messages in a work queue from which on a backlog is reported.')
param backlogThreshold int

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: actionGroupName
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'cartwright'
    emailReceivers: empty(email) ? [] : [{ name: 'operators', emailAddress: email, useCommonAlertSchema: true }]
  }
}

var names = loadJsonContent('../names.json')
var entities = loadJsonContent('../servicebus.json')
var queues = map(items(entities.queues), queue => queue.key)
var workQueues = filter(queues, queue => queue != names.operatorsQueue)
var anyEntity = concat(queues, map(items(entities.topics), topic => topic.key))
var serviceBus = 'Microsoft.ServiceBus/namespaces'

var metricAlerts = [
  {
    name: 'dead-letters'
    description: 'A message was delivered ten times and failed each time.'
    severity: 1
    scope: namespaceId
    namespace: serviceBus
    metric: 'DeadletteredMessages'
    aggregation: 'Maximum'
    threshold: 0
    frequency: 'PT5M'
    window: 'PT15M'
    dimensions: [{ name: 'EntityName', operator: 'Include', values: workQueues }]
  }
  {
    name: 'parked'
    description: 'A message waits for an operator.'
    severity: 3
    scope: namespaceId
    namespace: serviceBus
    metric: 'ActiveMessages'
    aggregation: 'Maximum'
    threshold: 0
    frequency: 'PT5M'
    window: 'PT15M'
    dimensions: [{ name: 'EntityName', operator: 'Include', values: [names.operatorsQueue] }]
  }
  {
    name: 'backlog'
    description: 'A queue is longer than the app works off.'
    severity: 2
    scope: namespaceId
    namespace: serviceBus
    metric: 'ActiveMessages'
    aggregation: 'Average'
    threshold: backlogThreshold
    frequency: 'PT5M'
    window: 'PT15M'
    dimensions: [{ name: 'EntityName', operator: 'Include', values: workQueues }]
  }
  {
    name: 'entity-nearly-full'
    description: 'A queue or the topic has reached 80 % of its size limit; sending fails at 100 %.'
    severity: 1
    scope: namespaceId
    namespace: serviceBus
    metric: 'Size'
    aggregation: 'Maximum'
    threshold: maxSizeInMegabytes * 1024 * 1024 / 5 * 4
    frequency: 'PT15M'
    window: 'PT30M'
    dimensions: [{ name: 'EntityName', operator: 'Include', values: anyEntity }]
  }
  {
    name: 'broker-throttles'
    description: 'Service Bus refuses requests because the namespace is at its limit.'
    severity: 2
    scope: namespaceId
    namespace: serviceBus
    metric: 'ThrottledRequests'
    aggregation: 'Total'
    threshold: 0
    frequency: 'PT5M'
    window: 'PT5M'
    dimensions: []
  }
  {
    name: 'storage-throttles'
    description: 'The table service refuses requests because a partition or the account is at its limit.'
    severity: 2
    scope: cartStorageId
    namespace: 'Microsoft.Storage/storageAccounts'
    metric: 'Transactions'
    aggregation: 'Total'
    threshold: 0
    frequency: 'PT5M'
    window: 'PT5M'
    dimensions: [
      {
        name: 'ResponseType'
        operator: 'Include'
        values: ['ServerBusyError', 'ClientThrottlingError', 'ClientAccountRequestThrottlingError']
      }
    ]
  }
  {
    name: 'http-5xx'
    description: 'The app answers requests with server errors.'
    severity: 2
    scope: appId
    namespace: 'Microsoft.Web/sites'
    metric: 'Http5xx'
    aggregation: 'Total'
    threshold: 5
    frequency: 'PT5M'
    window: 'PT5M'
    dimensions: []
  }
]

// Metric alerts have no region.
resource metrics 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for alert in metricAlerts: {
    name: '${prefix}${alert.name}'
    location: 'global'
    tags: tags
    properties: {
      description: '${alert.description} Runbook: docs/operations.md, ${alert.name}.'
      severity: alert.severity
      enabled: true
      autoMitigate: true
      scopes: [alert.scope]
      evaluationFrequency: alert.frequency
      windowSize: alert.window
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            name: alert.name
            criterionType: 'StaticThresholdCriterion'
            metricNamespace: alert.namespace
            metricName: alert.metric
            timeAggregation: alert.aggregation
            operator: 'GreaterThan'
            threshold: alert.threshold
            dimensions: alert.dimensions
          }
        ]
      }
      actions: [{ actionGroupId: actionGroup.id }]
    }
  }
]

// Alerts on what the app records itself: its runs, and the metrics of shared/telemetry/names.ts. Azure Monitor keeps the
// sum and the extremes of a histogram, and no percentiles.
var logAlerts = [
  {
    name: 'sweeper-silent'
    description: 'The timer function has not run: carts do not expire and stuck checkouts are not resumed.'
    severity: 1
    // The host names the function in the attribute faas.name; the operation name depends on the telemetry mode.
    query: 'AppRequests | where coalesce(tostring(Properties["faas.name"]), OperationName) == "${names.timerFunction}" and Success == true'
    frequency: 'PT5M'
    window: heartbeatWindow
    operator: 'LessThan'
    threshold: 1
  }
  {
    name: 'sweeper-late'
    description: 'Due entries are processed more than ten minutes after their time.'
    severity: 2
    query: 'AppMetrics | where Name == "cartwright.sweep.lateness" | where Max > 600'
    frequency: 'PT15M'
    window: 'PT15M'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'queue-lag'
    description: 'Messages wait more than a minute for their first delivery, on average of a queue.'
    severity: 2
    query: 'AppMetrics | where Name == "cartwright.queue.lag" | summarize Seconds = sum(Sum) / sum(ItemCount) by Queue = tostring(Properties["messaging.destination.name"]) | where Seconds > 60'
    frequency: 'PT15M'
    window: 'PT15M'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'checkouts-fail'
    description: 'At least five checkouts, and more than 5 % of them, ended without all of their orders.'
    severity: 2
    query: 'AppMetrics | where Name == "cartwright.checkouts" | summarize Failed = sumif(Sum, tostring(Properties["cartwright.outcome"]) != "ordered"), Ended = sum(Sum) | where Failed >= 5 and Failed > 0.05 * Ended'
    frequency: 'PT15M'
    window: 'PT15M'
    operator: 'GreaterThan'
    threshold: 0
  }
]

resource logs 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for alert in logAlerts: {
    name: '${prefix}${alert.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      description: '${alert.description} Runbook: docs/operations.md, ${alert.name}.'
      severity: alert.severity
      enabled: true
      autoMitigate: true
      scopes: [workspaceId]
      evaluationFrequency: alert.frequency
      windowSize: alert.window
      // The tables do not exist before the first telemetry.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: alert.query
            timeAggregation: 'Count'
            operator: alert.operator
            threshold: alert.threshold
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: [actionGroup.id] }
    }
  }
]

@description('Resource id of the action group.')
output actionGroupId string = actionGroup.id
