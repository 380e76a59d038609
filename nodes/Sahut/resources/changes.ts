import { UserError } from 'n8n-workflow';

/** Returns the changes of an update. @throws UserError if there are none. */
export function requireChanges<T extends object>(changes: T): T {
	if (Object.keys(changes).length > 0) return changes;
	throw new UserError('There is nothing to update', {
		description:
			'Add a field under Update Fields and enter a value. Empty fields are ignored. If an expression provides the value, check that it has one for this item.',
	});
}
