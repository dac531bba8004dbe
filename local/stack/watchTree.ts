/**
 * Reports changes below a folder. Each folder is watched separately: on Linux, Node's recursive watch loses a file
 * that an editor replaces by renaming another one over it.
 */
import { type FSWatcher, readdirSync, watch } from 'node:fs';
import { join, relative } from 'node:path';

/** Backups and temporary files of editors. */
const ignored = /^\.|~$|^#.*#$|^4913$|\.(swp|swx|tmp)$/;

/** Calls `onChange` with the path of each file or folder that changes, relative to `root`, until the process ends. */
export function watchTree(
  root: string,
  onChange: (path: string) => unknown,
  { deep = true }: { deep?: boolean } = {},
): void {
  const watchers = new Map<string, FSWatcher>();

  const refresh = () => {
    const present = new Set(deep ? foldersBelow(root) : [root]);
    for (const [folder, watcher] of watchers) if (!present.has(folder)) forget(folder, watcher);
    for (const folder of present) if (!watchers.has(folder)) add(folder);
  };
  const forget = (folder: string, watcher: FSWatcher) => {
    watcher.close();
    watchers.delete(folder);
  };
  const add = (folder: string) => {
    try {
      const watcher = watch(folder, (kind, name) => {
        if (name === null || ignored.test(name)) return;
        if (deep && kind === 'rename') refresh();
        onChange(relative(root, join(folder, name)));
      });
      watcher.on('error', () => forget(folder, watcher));
      watchers.set(folder, watcher);
    } catch {
      // The folder was removed meanwhile; its parent reports that.
    }
  };
  refresh();
}

function foldersBelow(root: string): string[] {
  try {
    const below = readdirSync(root, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name));
    return [root, ...below];
  } catch {
    // A folder disappeared while it was read, or the app has none of this name.
    return [];
  }
}
