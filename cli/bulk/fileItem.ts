/** An item as a file has it, before the service's rules are applied. */
export interface FileItem {
  /** The item as the service receives it; or why the file has no item here. */
  raw: { json: unknown } | { problem: string };
  /** What the reader found to be invalid, each sentence with its place. */
  problems?: readonly string[];
  /** The item as the file has it: its lines, or the JSON of its entry. */
  source: string;
  /** Where a member of it is, in terms of the file. */
  place: (path: string) => string;
  /** What is invalid about a member, where the reader knows more than the service's rules. */
  explain?: (path: string) => string | undefined;
  /** What to say of a reference that another item has, at this place. */
  repeated: (other: string) => string;
}
