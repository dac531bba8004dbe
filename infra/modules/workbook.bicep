// The workbook of the service, from workbook.json. Resource ids are put in where the file has {placeholders}.

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Resource id of the Application Insights component.')
param componentId string

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

@description('Resource id of the Service Bus namespace.')
param namespaceId string

@description('Resource id of the storage account of the carts.')
param cartStorageId string

@description('Resource id of the function app.')
param appId string

var names = loadJsonContent('../names.json')

var placeholders = [
  { name: '{component}', value: componentId }
  { name: '{workspace}', value: workspaceId }
  { name: '{namespace}', value: namespaceId }
  { name: '{cartStorage}', value: cartStorageId }
  { name: '{app}', value: appId }
  { name: '{timerFunction}', value: names.timerFunction }
]

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'cartwright')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Cartwright'
    category: 'workbook'
    version: 'Notebook/1.0'
    sourceId: componentId
    serializedData: reduce(
      placeholders,
      loadTextContent('../workbook.json'),
      (text, placeholder) => replace(string(text), placeholder.name, placeholder.value)
    )
  }
}
