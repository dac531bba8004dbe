// PARTNER_CENTER_TENANT needs partnerCenterCredential secret
using '../../main.bicep'

param environmentName = 'refused'
param location = 'westeurope'
param authTenants = '*'
param settings = {
  PARTNER_CENTER_TENANT: '33333333-3333-3333-3333-333333333333'
}
