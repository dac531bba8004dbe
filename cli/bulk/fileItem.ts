/** An item as a file has it, before anybody has judged it. */
export interface FileItem {
  /** As it goes to the service; or why it is not even written right. */
  raw: { json: unknown } | { problem: string };
  /** Where a member of it stands, in the words of who looks into the file. */
  place: (path: string) => string;
  /** What is wrong with a member of it, where the reader can say it better than the service's rules. */
  explain?: (path: string) => string | undefined;
}
