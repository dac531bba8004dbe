// privateNetwork needs serviceBusTier Premium
using '../../main.bicep'

param environmentName = 'refused'
param location = 'westeurope'
param authTenants = '*'
param privateNetwork = true
