// The deployment that `azd up` makes when only the required parameters are given.
using '../main.bicep'

param environmentName = 'default'
param location = 'westeurope'
param authTenants = '*'
param budgetStart = '2026-12-01'
