// The least that a deployment can grant and log: small instances, no budget, no right to read queue lengths; and
// Front Door without a custom domain.
using '../main.bicep'

param environmentName = 'smallest'
param location = 'westeurope'
param authTenants = '*'
param nodeVersion = '22'
param instanceMemoryMB = 512
param maximumInstanceCount = 40
param serviceBusMaxSizeMB = 1024
param eventSubscriptions = 'none'
param scalerAccess = 'none'
param frontDoor = true
param budgetAmount = 0
param logDailyCapGb = -1
