/** Opens something that is kept, such as a client or a credential, on first use. A failure is not kept. */

/** Returns a function that opens once and returns the same result every time; after a failure, the next call opens again. */
export function openOnce<Opened>(open: () => Promise<Opened>): () => Promise<Opened> {
  let opened: Promise<Opened> | undefined;
  return () => {
    const opening = opened ?? open();
    opened = opening;
    opening.catch(() => {
      if (opened === opening) opened = undefined;
    });
    return opening;
  };
}
