// Everything that can be switched on: private network, Premium, zones, Front Door with a custom domain, the secret of
// Partner Center in Key Vault, operators, a lock, a budget and the availability test.
using '../main.bicep'

param environmentName = 'private'
param location = 'westeurope'
param authTenants = '33333333-3333-3333-3333-333333333333'
param settings = {
  CART_LIFETIME: 'P14D'
  ORDER_GATEWAY: 'partnerCenter'
  PARTNER_CENTER_TENANT: '33333333-3333-3333-3333-333333333333'
  PARTNER_CENTER_CLIENT_ID: '44444444-4444-4444-4444-444444444444'
  AUTH_ISSUERS: 'https://sts.windows.net/33333333-3333-3333-3333-333333333333/'
  CATALOG_FILE: ''
}
param partnerCenterCredential = 'secret'
param instanceMemoryMB = 4096
param maximumInstanceCount = 40
param alwaysReadyHttp = 1
param zoneRedundant = true
param serviceBusTier = 'Premium'
param serviceBusUnits = 2
param eventSubscriptions = 'crm, erp'
param operatorsGroupId = '55555555-5555-5555-5555-555555555555'
param privateNetwork = true
param frontDoor = true
param customDomain = 'carts.contoso.com'
param lockCarts = true
param alertEmail = 'operators@contoso.com'
param heartbeatWindow = 'PT30M'
param availabilityTest = true
param budgetAmount = 2000
param budgetStart = '2026-12-01'
param logDailyCapGb = 5
param logRetentionDays = 90
