import type { Command } from '../../engine/command.ts';
import type { AttemptRef } from '../../engine/task-ref.ts';

/**
 * The commands of one turn without those that the same turn takes back: an attempt that is started and given up need not
 * begin at all, and of several wake-ups only the last counts.
 */
export function coalesce(commands: readonly Command[]): readonly Command[] {
  if (!mayTakeBack(commands)) return commands;
  const aborted = new Set<string>();
  const kept: Command[] = [];
  let wakeSeen = false;
  for (let index = commands.length - 1; index >= 0; index--) {
    const command = commands[index];
    if (command === undefined) continue;
    if (command.type === 'AbortAttempt') aborted.add(keyOf(command));
    else if (command.type === 'StartAttempt' && aborted.size > 0 && aborted.has(keyOf(command))) continue;
    else if (command.type === 'WakeAt') {
      if (wakeSeen) continue;
      wakeSeen = true;
    }
    kept.push(command);
  }
  // An abort of an attempt that never began finds nothing to abort, so it may stay.
  return kept.reverse();
}

function mayTakeBack(commands: readonly Command[]): boolean {
  let wakes = 0;
  for (const { type } of commands) if (type === 'AbortAttempt' || (type === 'WakeAt' && ++wakes > 1)) return true;
  return false;
}

const keyOf = ({ node, item, attempt, epoch }: AttemptRef): string => `${node}[${item ?? ''}]#${attempt}.${epoch}`;
