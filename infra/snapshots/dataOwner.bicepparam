// The alternative for tenants that do not allow custom roles: Data Owner on each queue that the app reads.
using '../main.bicep'

param environmentName = 'dataOwner'
param location = 'westeurope'
param authTenants = '*'
param scalerAccess = 'dataOwner'
param partnerCenterCredential = 'secret'
param settings = {
  PARTNER_CENTER_TENANT: '33333333-3333-3333-3333-333333333333'
  PARTNER_CENTER_CLIENT_ID: '44444444-4444-4444-4444-444444444444'
}
param budgetStart = '2026-12-01'
