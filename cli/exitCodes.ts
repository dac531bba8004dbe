/**
 * The exit codes of `cartwright`, in one table: the code uses it, every `--help` prints it, and scripts rely on it.
 * A code keeps its meaning across subcommands.
 */

export const EXIT_CODES = {
  done: { code: 0, means: 'Everything that was requested is done.' },
  incomplete: {
    code: 1,
    means:
      'Something that was requested was not done: an item has no order, a message was not replayed, a catalogue is invalid, a smoke test failed.',
  },
  rejected: {
    code: 2,
    means:
      'The command, the file or the request is invalid. Nothing was changed: correct it and run it again.',
  },
  unknown: {
    code: 3,
    means:
      'The service, the namespace or the local stack cannot be reached, or no longer accepts the token, before the outcome is known. What was submitted continues on the service.',
  },
  unwritten: { code: 4, means: 'Standard output or a file could not be written (disk full, pipe closed).' },
  unexpected: { code: 70, means: 'An unexpected error in the command; it prints a stack trace.' },
  interrupted: { code: 130, means: 'Interrupted. What was submitted continues on the service.' },
  terminated: { code: 143, means: 'Terminated. What was submitted continues on the service.' },
} as const;

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES]['code'];
