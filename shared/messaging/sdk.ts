/** The part of the Service Bus SDK that is loaded on first use. A named export, because a bundler gives a CommonJS package none behind `import()`. */
export { ServiceBusClient } from '@azure/service-bus';
