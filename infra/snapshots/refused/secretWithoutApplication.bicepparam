// partnerCenterCredential secret needs PARTNER_CENTER_TENANT and PARTNER_CENTER_CLIENT_ID
using '../../main.bicep'

param environmentName = 'refused'
param location = 'westeurope'
param authTenants = '*'
param partnerCenterCredential = 'secret'
param settings = {
  PARTNER_CENTER_TENANT: '33333333-3333-3333-3333-333333333333'
}
