// Calls `/ready` from three regions every five minutes and alerts when two of them fail.

@description('Name of the web test.')
param name string

@description('Name of the alert.')
param alertName string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Host name that clients call.')
param host string

@description('Resource id of the Application Insights component.')
param componentId string

@description('Resource id of the action group.')
param actionGroupId string

resource test 'Microsoft.Insights/webtests@2022-06-15' = {
  name: name
  location: location
  tags: union(tags, { 'hidden-link:${componentId}': 'Resource' })
  kind: 'standard'
  properties: {
    SyntheticMonitorId: name
    Name: name
    Enabled: true
    Kind: 'standard'
    Frequency: 300
    Timeout: 30
    RetryEnabled: true
    Locations: [{ Id: 'us-va-ash-azr' }, { Id: 'emea-nl-ams-azr' }, { Id: 'apac-sg-sin-azr' }]
    Request: { RequestUrl: 'https://${host}/ready', HttpVerb: 'GET', FollowRedirects: false }
    ValidationRules: { ExpectedHttpStatusCode: 200, SSLCheck: true, SSLCertRemainingLifetimeCheck: 7 }
  }
}

// Metric alerts have no region.
resource alert 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: alertName
  location: 'global'
  tags: tags
  properties: {
    description: 'The app is not ready for requests. Runbook: docs/operations.md, not-ready.'
    severity: 1
    enabled: true
    autoMitigate: true
    scopes: [test.id, componentId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: test.id
      componentId: componentId
      failedLocationCount: 2
    }
    actions: [{ actionGroupId: actionGroupId }]
  }
}
