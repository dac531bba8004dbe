/** The part of the Service Bus SDK that is loaded on first use, by names of its own: a bundler gives a CommonJS package none behind `import()`. */
export { ServiceBusClient } from '@azure/service-bus';
