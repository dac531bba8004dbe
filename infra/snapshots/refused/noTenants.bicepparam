// is too short to assign to a target
using '../../main.bicep'

param environmentName = 'refused'
param location = 'westeurope'
param authTenants = ''
