/** The functions that the tests of the Service Bus listener call. */
export const code = `
  const connection = 'Bus';
  const report = (message, context) =>
    console.log(context.functionName + ' ' + JSON.stringify({ message, metadata: context.triggerMetadata, trace: context.traceContext }));
  app.serviceBusQueue('plain', { queueName: '%PLAIN%', connection, handler: report });
  app.serviceBusQueue('bytes', { queueName: 'bytes', connection, dataType: 'binary', handler: (message, context) => {
    console.log('bytes ' + JSON.stringify({ message: Buffer.isBuffer(message) && message.toString('hex') }));
  } });
  app.serviceBusQueue('poison', { queueName: 'poison', connection, handler: (message, context) => {
    report(message, context);
    throw new Error('cannot');
  } });
  app.serviceBusTopic('subscribed', { topicName: 'events', subscriptionName: 'all', connection, handler: report });
  let busy = 0;
  let waiting = [];
  const release = () => { waiting.forEach((resume) => resume()); waiting = []; };
  app.serviceBusQueue('slow', { queueName: 'slow', connection, handler: async (_, context) => {
    console.log('slow ' + JSON.stringify({ busy: ++busy, metadata: context.triggerMetadata }));
    await new Promise((resolve) => waiting.push(resolve));
    busy--;
  } });
  app.http('release', { route: 'release', handler: () => { release(); return { status: 204 }; } });
  process.on('SIGTERM', () => setTimeout(release, 100));
`;
